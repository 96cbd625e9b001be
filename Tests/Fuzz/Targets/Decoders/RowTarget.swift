import CareFS

extension FuzzTarget {
  /// The bytes of a row: a byte with the number of columns, one with the type of each, then the row.
  static let row = FuzzTarget(
    "row", maximumLength: 1024, shape: .text(words: ["\u{7F}", "\u{0}", "\u{1}\u{3}"]),
    seeds: { try rowSeeds() },
    { input in
      var reader = InputReader(input)
      let types = (0..<Int(reader.byte() % 24)).map { _ in columnType(reader.byte()) }
      let row = reader.all()
      let values = try DecoderProbe.row(row, types: types)
      // What can be read can be written, and reads the same.
      let plain = zip(values, types).allSatisfy { value, type in
        value.isNull || value.type == type
      }
      guard plain, !types.contains(.json) else { return }
      let again = try DecoderProbe.row(values, types: types)
      let second = try again.withUnsafeBytes { try DecoderProbe.row($0, types: types) }
      try FuzzFinding.unless(second == values, "a row reads otherwise when it is written again")
    })

  static func columnType(_ byte: UInt8) -> ColumnType {
    ColumnType.allCases[Int(byte) % ColumnType.allCases.count]
  }

  private static func rowSeeds() throws -> [[UInt8]] {
    try (0..<32).map { seed in
      var values = SeedValues(UInt64(seed))
      let columns = SeedSchemas.kinds.tables[0].columns.filter {
        $0.type != .json && values.random.below(3) > 0
      }
      let row = columns.map { values.value($0, number: seed, long: seed * 6) }
      var writer = InputWriter()
      writer.byte(columns.count)
      for column in columns {
        writer.byte(ColumnType.allCases.firstIndex(of: column.type) ?? 0)
      }
      writer.all(try DecoderProbe.row(row, types: columns.map(\.type)))
      return writer.bytes
    }
  }
}
