import Testing

@testable import CareFS

@Suite struct KeyTests {
  static let types: [ColumnType] = ColumnType.allCases.filter { $0 != .json }

  func key(_ value: Value, _ part: KeyPart) throws -> [UInt8] {
    let encoder = KeyEncoder()
    try encoder.append(value, as: part)
    return encoder.buffer.array
  }

  func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a.withUnsafeBytes { x in b.withUnsafeBytes { y in RawBytes.compare(x, y).signum() } }
  }

  /// The order of two values of a type, written apart from the keys.
  func order(_ a: Value, _ b: Value, _ collation: Collation) -> Int {
    func sign<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x == y ? 0 : 1 }
    switch (a, b) {
    case (.null, .null): return 0
    case (.null, _): return -1
    case (_, .null): return 1
    case (.int(let x), .int(let y)): return sign(x, y)
    case (.double(let x), .double(let y)): return sign(x, y)
    case (.bool(let x), .bool(let y)): return sign(x ? 1 : 0, y ? 1 : 0)
    case (.text(let x), .text(let y)):
      return x.withUTF8Bytes { p in
        y.withUTF8Bytes { q in
          collation == .binary ? compare(Array(p), Array(q)) : CaseFolding.compare(p, q).signum()
        }
      }
    case (.bytes(let x), .bytes(let y)): return compare(x, y)
    case (.date(let x), .date(let y)): return sign(x, y)
    case (.time(let x), .time(let y)): return sign(x, y)
    case (.timestamp(let x), .timestamp(let y)): return sign(x, y)
    case (.uuid(let x), .uuid(let y)):
      return withUnsafeBytes(of: x.uuid) { p in
        withUnsafeBytes(of: y.uuid) { q in RawBytes.compare(p, q).signum() }
      }
    case (.decimal(let x), .decimal(let y)): return sign(x, y)
    case (.any(let x), .any(let y)): return order(x, y)
    default: return 2
    }
  }

  func order(_ a: AnyValue, _ b: AnyValue) -> Int {
    func rank(_ value: AnyValue) -> Int {
      switch value {
      case .bool: 0
      case .number: 1
      case .text: 2
      case .json: 3
      }
    }
    switch (a, b) {
    case (.bool(let x), .bool(let y)): return (x ? 1 : 0) - (y ? 1 : 0)
    case (.number(let x), .number(let y)):
      guard let p = ExactDecimal(x.text), let q = ExactDecimal(y.text) else { return 2 }
      return ExactDecimal.compare(p, q)
    case (.text(let x), .text(let y)): return compare(Array(x.utf8), Array(y.utf8))
    case (.json(let x), .json(let y)): return compare(x.bytes, y.bytes)
    default: return (rank(a) - rank(b)).signum()
    }
  }

  @Test(arguments: types) func `keys sort like values`(type: ColumnType) throws {
    var random = ValueRandom(seed: UInt64(type.rawValue))
    for round in 0..<4000 {
      let part = KeyPart(
        type, nullable: round % 2 == 0, descending: round % 4 < 2,
        collation: type == .text && round % 8 < 4 ? .nocase : .binary)
      let a = part.nullable && random.chance(1, of: 8) ? .null : random.value(type)
      let b = random.chance(1, of: 10) ? a : random.value(type)
      let expected = order(a, b, part.collation) * (part.descending ? -1 : 1)
      #expect(try compare(key(a, part), key(b, part)) == expected, "\(a) \(b) \(part)")
    }
  }

  @Test(arguments: types) func `keys read back and delimit themselves`(type: ColumnType) throws {
    var random = ValueRandom(seed: 100 + UInt64(type.rawValue))
    for round in 0..<1500 {
      let part = KeyPart(type, nullable: round % 2 == 0, descending: round % 4 < 2)
      let value = part.nullable && random.chance(1, of: 8) ? .null : random.value(type)
      let encoder = KeyEncoder()
      try encoder.append(value, as: part)
      let size = encoder.key.count
      try encoder.append(.int(42), as: KeyPart(.int))
      var decoder = KeyDecoder(encoder.key)
      if part.isLossless {
        #expect(try decoder.value(part) == value)
      } else {
        try decoder.skip(part)
      }
      #expect(decoder.place == size)
      #expect(try decoder.int() == 42)
      var skipping = KeyDecoder(encoder.key)
      #expect(try skipping.skip(part) == value.isNull)
      #expect(skipping.place == size)
    }
  }

  @Test(
    arguments: [
      (Int64(0), [0x80]), (1, [0x81, 1]), (255, [0x81, 0xFF]), (256, [0x82, 1, 0]), (-1, [0x7F]),
      (-2, [0x7E, 0xFE]), (-256, [0x7E, 0]), (-257, [0x7D, 0xFE, 0xFF]),
      (.max, [0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
      (.min, [0x77, 0x80, 0, 0, 0, 0, 0, 0, 0]),
    ] as [(Int64, [UInt8])])
  func `integers are short`(value: Int64, bytes: [UInt8]) throws {
    #expect(try key(.int(value), KeyPart(.int)) == bytes)
  }

  @Test func `other forms`() throws {
    #expect(try key(.text("a\0b"), KeyPart(.text)) == [0x61, 0, 0xFF, 0x62, 0, 0])
    #expect(try key(.text("Ab"), KeyPart(.text, collation: .nocase)) == [0x61, 0x62, 0, 0])
    #expect(try key(.null, KeyPart(.text, nullable: true)) == [0])
    #expect(try key(.null, KeyPart(.text, nullable: true, descending: true)) == [0xFF])
    #expect(try key(.bool(true), KeyPart(.bool, nullable: true)) == [1, 1])
    #expect(try key(.double(-0.0), KeyPart(.double)) == [0x80, 0, 0, 0, 0, 0, 0, 0])
    #expect(
      try key(.decimal(ExactDecimal(-125)), KeyPart(.decimal)) == [1, 0x7E, 0xFC, 242, 204, 255])
    #expect(try key(.any(.bool(true)), KeyPart(.any)) == [0x11])
    #expect(
      try key(.any(.number(NumberText(0))), KeyPart(.any))
        == key(.any(.number(try #require(NumberText("-0.0e7")))), KeyPart(.any)))
    let one = try #require(ExactDecimal("1.0"))
    let longer = try #require(ExactDecimal("1.000"))
    #expect(try key(.decimal(one), KeyPart(.decimal)) == key(.decimal(longer), KeyPart(.decimal)))
  }

  @Test func `values of another type are refused`() throws {
    #expect(throws: RowError.typeMismatch(expected: .int, found: .text)) {
      try key(.text("1"), KeyPart(.int))
    }
    #expect(throws: RowError.typeMismatch(expected: .int, found: nil)) {
      try key(.null, KeyPart(.int))
    }
    #expect(throws: RowError.notComparable) { try key(.json(.null), KeyPart(.json)) }
  }

  @Test(arguments: types) func `damaged keys throw and never trap`(type: ColumnType) throws {
    var random = ValueRandom(seed: 200 + UInt64(type.rawValue))
    for round in 0..<60 {
      let part = KeyPart(type, nullable: true, descending: round % 2 == 0)
      let bytes = try key(random.value(type), part)
      for cut in 0..<bytes.count {
        let short = Array(bytes[..<cut])
        short.withUnsafeBytes { raw in
          var decoder = KeyDecoder(raw)
          #expect(throws: RowError.self) { try decoder.skip(part) }
        }
      }
      for index in bytes.indices {
        for bit in 0..<8 {
          var bad = bytes
          bad[index] ^= 1 << UInt8(bit)
          bad.withUnsafeBytes { raw in
            var decoder = KeyDecoder(raw)
            _ = try? decoder.skip(part)
            #expect(decoder.place <= raw.count)
            decoder = KeyDecoder(raw)
            _ = try? decoder.value(part)
          }
        }
      }
    }
  }

  @Test func `the end of a prefix`() {
    let encoder = KeyEncoder()
    encoder.buffer.append([0x61, 0xFF, 0xFF])
    #expect(encoder.advancePastPrefix())
    #expect(encoder.buffer.array == [0x62])
    encoder.clear()
    encoder.buffer.append([0xFF, 0xFF])
    #expect(!encoder.advancePastPrefix())
  }

  @Test func `numbers of any size sort by value`() throws {
    let ascending = [
      "-1e400", "-123456789012345678901234567890", "-2", "-1.5", "-1e-400", "0", "1e-400", "1e-3",
      "0.1", "0.12", "0.123", "1", "1.5", "2", "10", "99", "100", "1e20",
      "100000000000000000001", "1e400",
    ]
    let keys = ascending.map { text in
      let buffer = ByteBuffer()
      text.withUTF8Bytes { _ = NumberKey.append(text: $0, to: buffer) }
      return buffer.array
    }
    for (lower, upper) in zip(keys, keys.dropFirst()) { #expect(compare(lower, upper) < 0) }
  }
}
