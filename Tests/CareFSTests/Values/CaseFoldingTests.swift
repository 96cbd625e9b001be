import Testing

@testable import CareFS

@Suite struct CaseFoldingTests {
  func folded(_ text: String) -> String {
    let buffer = ByteBuffer()
    text.withUTF8Bytes { CaseFolding.appendFolded($0, to: buffer) }
    return buffer.string
  }

  func lower(_ text: String) -> String {
    let buffer = ByteBuffer()
    text.withUTF8Bytes { CaseFolding.appendLower($0, to: buffer) }
    return buffer.string
  }

  @Test func `folds as Unicode says`() {
    #expect(folded("ABC xyz ÄÖÜ") == "abc xyz äöü")
    #expect(folded("ΣΊΣΥΦΟΣ ς") == "σίσυφοσ σ")
    #expect(folded("ẞ") == "ß")
    #expect(folded("ß") == "ß")
    #expect(folded("\u{130}") == "\u{130}")
    #expect(folded("\u{212A}") == "k")
    #expect(folded("Ⱥ") == "ⱥ")
    #expect(folded("ꭰ") == "Ꭰ")
    #expect(folded("𐐀") == "𐐨")
    #expect(folded("ᾈ") == "ᾀ")
  }

  @Test func `lower case keeps what folding merges`() {
    #expect(lower("ΣΑΣ ς") == "σασ ς")
    #expect(lower("ÉCOLE") == "école")
    #expect(lower("Ꭰꭰ") == "ꭰꭰ")
    #expect(lower("İ") == "i")
  }

  /// The checksum was made from the Unicode 14.0 data files.
  @Test func `the table is that of Unicode 14`() {
    var count = 0
    var sum: UInt64 = 0
    for scalar: UInt32 in 0...0x10_FFFF {
      let folded = CaseFolding.fold(scalar)
      guard folded != scalar else { continue }
      count += 1
      sum = sum &* 1_000_003 &+ UInt64(scalar) * 31 &+ UInt64(folded)
      #expect(CaseFolding.fold(folded) == folded)
    }
    #expect(count == 1454)
    #expect(sum == 9_583_592_309_314_064_353)
    #expect(CaseFolding.version == 14)
  }

  @Test func `lower case agrees with the standard library`() {
    for scalar in UInt32(0)...0x1_FFFF {
      guard let unicode = Unicode.Scalar(scalar), scalar != 0x130 else { continue }
      let mapped = Array(unicode.properties.lowercaseMapping.unicodeScalars)
      guard mapped.count == 1, unicode.properties.age.map({ $0.major <= 14 }) == true else {
        continue
      }
      #expect(CaseFolding.lower(scalar) == mapped[0].value, "U+\(String(scalar, radix: 16))")
    }
  }

  @Test func `comparing goes like comparing folded bytes`() {
    var random = ValueRandom(seed: 3)
    for _ in 0..<3000 {
      let a = random.text(maximum: 4)
      let b = random.text(maximum: 4)
      let order = a.withUTF8Bytes { x in b.withUTF8Bytes { y in CaseFolding.compare(x, y) } }
      let expected = folded(a).withUTF8Bytes { x in
        folded(b).withUTF8Bytes { y in RawBytes.compare(x, y) }
      }
      #expect(order.signum() == expected.signum(), "\(a.debugDescription) \(b.debugDescription)")
    }
  }

  @Test func `bytes that are not UTF-8 pass`() {
    let buffer = ByteBuffer()
    let bytes: [UInt8] = [0xFF, 0x41, 0xC3, 0x80, 0xC0, 0xE2, 0x82]
    bytes.withUnsafeBytes { CaseFolding.appendFolded($0, to: buffer) }
    #expect(buffer.array == [0xFF, 0x61, 0xC3, 0xA0, 0xC0, 0xE2, 0x82])
  }
}
