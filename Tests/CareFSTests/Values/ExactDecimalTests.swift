import Testing

@testable import CareFS

@Suite struct ExactDecimalTests {
  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("-0.00", "0.00"), ("1.00", "1.00"), ("-12.5", "-12.5"),
    ("1.5e3", "1500"), ("15e-3", "0.015"), ("1E+2", "100"), ("0.001", "0.001"), ("0e99", "0"),
    (
      "9999999999999999999999999999999999999999999999999999999999999999999999999999",
      "9999999999999999999999999999999999999999999999999999999999999999999999999999"
    ),
    ("1e75", "1000000000000000000000000000000000000000000000000000000000000000000000000000"),
  ])
  func `keeps its digits`(text: String, printed: String) throws {
    #expect(try #require(ExactDecimal(text)).description == printed)
  }

  @Test(arguments: [
    "", "-", "+1", "1.", ".5", "01", "1,5", " 1", "1 ", "1e", "1e+", "0x10", "NaN", "1e76",
    "10000000000000000000000000000000000000000000000000000000000000000000000000000",
    "1e-77", "1e999999999999999999999", "--1", "1.5.2",
  ])
  func `what is no decimal of 76 digits is refused`(text: String) {
    #expect(ExactDecimal(text) == nil)
  }

  @Test func `equal by value, whatever the digits`() throws {
    let short = try #require(ExactDecimal("1.5"))
    let long = try #require(ExactDecimal("1.50000"))
    #expect(short == long)
    #expect(short.hashValue == long.hashValue)
    #expect(Value.decimal(short) == Value.decimal(long))
    #expect(short.description != long.description)
  }

  @Test func `order, row form and arithmetic agree with a slower way`() throws {
    var random = ValueRandom(seed: 2)
    let buffer = ByteBuffer()
    for _ in 0..<3000 {
      let a = random.decimal()
      let b = random.decimal()
      #expect(ExactDecimal(a.description)?.description == a.description)
      buffer.clear()
      a.encode(to: buffer)
      #expect(ExactDecimal(encoded: buffer.bytes)?.description == a.description)
      let difference = a.subtracting(b)
      if let difference {
        #expect((a < b) == difference.isNegative)
        #expect((a == b) == difference.isZero)
        // The exact sum of a wider scale may need more digits than there are.
        if let back = difference.adding(b) { #expect(back == a) }
      }
      if !b.isZero, let product = a.multiplied(by: b), let quotient = product.divided(by: b),
        let rest = product.subtracting(quotient.multiplied(by: b) ?? product)
      {
        // Cut off, so what is left is less than one unit of the last place times b.
        let bound = ExactDecimal("1e-\(quotient.scale)")?.multiplied(by: b)
        if let bound { #expect(rest.isZero || rest.magnitudeOnly < bound.magnitudeOnly) }
      }
    }
  }

  @Test func `results beyond 76 digits are refused`() throws {
    let large = try #require(ExactDecimal("9e75"))
    #expect(large.adding(large) == nil)
    #expect(large.multiplied(by: large) == nil)
    let small = try #require(ExactDecimal("1e-76"))
    #expect(small.multiplied(by: small) == nil)
    #expect(large.subtracting(large)?.isZero == true)
  }

  @Test func `division is cut off towards zero`() throws {
    let seven = ExactDecimal(7)
    let two = ExactDecimal(2)
    let three = ExactDecimal(-3)
    #expect(seven.divided(by: two)?.description == "3.500000")
    #expect(seven.divided(by: three)?.description == "-2.333333")
  }

  @Test func `damaged row forms are refused`() {
    for bytes: [UInt8] in [
      [], [77, 1], [0x80], [0, 0, 1], [0] + [UInt8](repeating: 0xFF, count: 32),
      [0] + [UInt8](repeating: 1, count: 33),
    ] {
      #expect(bytes.withUnsafeBytes { ExactDecimal(encoded: $0) } == nil)
    }
  }

  @Test(arguments: [
    ("5", Int64(5)), ("-5.00", -5), ("5.5", nil), ("9223372036854775807", .max),
    ("9223372036854775808", nil), ("-9223372036854775808", .min), ("-9223372036854775809", nil),
    ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
  ])
  func `whole numbers`(text: String, int: Int64?) {
    #expect(NumberText(text)?.int == int)
  }
}

extension ExactDecimal {
  var magnitudeOnly: ExactDecimal { isNegative ? negated() : self }
}
