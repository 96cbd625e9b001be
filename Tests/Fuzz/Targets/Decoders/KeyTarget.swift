import CareFS

extension FuzzTarget {
  /// The bytes of a key: a byte with the number of parts, one with the type and flags of each, then
  /// the key.
  static let key = FuzzTarget(
    "key", maximumLength: 512,
    shape: .text(words: ["\u{0}\u{0}", "\u{0}\u{FF}", "\u{1}", "\u{7F}"]),
    seeds: { try keySeeds() },
    { input in
      var reader = InputReader(input)
      let parts = (0..<Int(reader.byte() % 12)).map { _ in part(reader.byte()) }
      let key = reader.all()
      let values = try DecoderProbe.key(key, parts: parts)
      let known = values.compactMap { $0 }
      // Each value has one key; only doubles have bits that no writer makes.
      guard known.count == values.count, !parts.contains(where: { $0.type == .double }) else {
        return
      }
      let again = try DecoderProbe.key(known, parts: parts)
      try FuzzFinding.unless(
        again.elementsEqual(key) || !isText(known), "a value has two keys")
    })

  private typealias Part = (type: ColumnType, nullable: Bool, descending: Bool)

  private static func part(_ byte: UInt8) -> Part {
    (columnType(byte & 15), byte & 16 != 0, byte & 32 != 0)
  }

  /// Bytes that are no UTF-8 become others in a String.
  private static func isText(_ values: [Value]) -> Bool {
    values.allSatisfy { value in
      guard case .text(let text) = value else { return true }
      return !text.unicodeScalars.contains("\u{FFFD}")
    }
  }

  private static func keySeeds() throws -> [[UInt8]] {
    try (0..<32).map { seed in
      var values = SeedValues(UInt64(seed))
      let columns = SeedSchemas.kinds.tables[0].columns.filter {
        $0.type != .json && values.random.below(3) == 0
      }
      let key = columns.map { values.value($0, number: seed, long: seed * 3) }
      var writer = InputWriter()
      writer.byte(columns.count)
      let bytes = columns.map { column in
        UInt8(ColumnType.allCases.firstIndex(of: column.type) ?? 0)
          | (column.nullable ? 16 : 0) | (values.random.below(2) == 0 ? 32 : 0)
      }
      for byte in bytes { writer.byte(Int(byte)) }
      writer.all(try DecoderProbe.key(key, parts: bytes.map(part)))
      return writer.bytes
    }
  }
}
