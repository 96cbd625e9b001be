import Testing

@testable import CareFS

@Suite struct RecordViewTests {
  /// Writes values as a key and a row.
  func encode(_ layout: RecordLayout, _ values: [Value]) throws -> (key: [UInt8], row: [UInt8]) {
    let encoder = KeyEncoder()
    for (ordinal, part) in zip(layout.keyOrdinals, layout.keyParts) {
      try encoder.append(values[ordinal], as: part)
    }
    let builder = RowBuilder(layout.row)
    for (column, ordinal) in layout.rowOrdinals.enumerated() {
      try builder.set(column, to: values[ordinal])
    }
    return (encoder.buffer.array, Array(try builder.finish()))
  }

  @Test func `columns come from the key and the row`() throws {
    var random = ValueRandom(seed: 9)
    let types = ColumnType.allCases.filter { $0 != .json }
    for _ in 0..<300 {
      let columns = (0..<6).map { _ in
        ColumnShape(
          types[random.below(types.count)], nullable: true,
          collation: random.chance(1, of: 3) ? .nocase : .binary)
      }
      let ordinals = Array((0..<6).shuffled(using: &random).prefix(1 + random.below(3)))
      let layout = RecordLayout(
        columns: columns, primaryKey: ordinals.map { ($0, random.chance(1, of: 2)) })
      let view = try RecordView(layout)
      for _ in 0..<3 {
        let values = columns.map { random.chance(1, of: 6) ? .null : random.value($0.type) }
        let (key, row) = try encode(layout, values)
        try key.withUnsafeBytes { key in
          try row.withUnsafeBytes { row in
            try view.load(key: key, row: row)
            for ordinal in (0..<6).shuffled(using: &random) {
              #expect(try view.value(ordinal) == values[ordinal])
              let part = KeyPart(
                columns[ordinal].type, nullable: true, descending: random.chance(1, of: 2),
                collation: columns[ordinal].collation)
              let direct = KeyEncoder()
              try direct.append(values[ordinal], as: part)
              let through = KeyEncoder()
              try view.appendKey(ordinal, as: part, to: through)
              #expect(direct.buffer.array == through.buffer.array)
            }
          }
        }
      }
    }
  }

  @Test func `what a key does not give back lies in the row`() throws {
    let layout = RecordLayout(
      columns: [
        ColumnShape(.decimal), ColumnShape(.text, collation: .nocase), ColumnShape(.text),
        ColumnShape(.int),
      ], primaryKey: [(0, false), (1, false), (2, true), (3, false)])
    #expect(layout.rowOrdinals == [0, 1])
    let amount = try #require(ExactDecimal("1.00"))
    let values: [Value] = [.decimal(amount), .text("ÄB"), .text("x\0y"), .int(-4)]
    let (key, row) = try encode(layout, values)
    let view = try RecordView(layout)
    try key.withUnsafeBytes { key in
      try row.withUnsafeBytes { row in
        try view.load(key: key, row: row)
        #expect(try view.decimal(0).description == "1.00")
        #expect(try view.value(1) == .text("ÄB"))
        #expect(Array(try view.bytes(2)) == Array("x\0y".utf8))
        #expect(try view.int(3) == -4)
        #expect(throws: RowError.self) { try view.int(2) }
      }
    }
  }

  @Test func `damaged keys throw`() throws {
    let layout = RecordLayout(
      columns: [ColumnShape(.text), ColumnShape(.int), ColumnShape(.uuid), ColumnShape(.bool)],
      primaryKey: [(0, false), (1, true), (2, false)])
    var random = ValueRandom(seed: 10)
    let values: [Value] = [.text("a\0b"), .int(70_000), .uuid(random.uuid()), .bool(true)]
    let (key, row) = try encode(layout, values)
    let view = try RecordView(layout)
    for cut in 0..<key.count {
      let short = Array(key[..<cut])
      try short.withUnsafeBytes { key in
        try row.withUnsafeBytes { row in
          try view.load(key: key, row: row)
          #expect(throws: (any Error).self) { try view.value(2) }
        }
      }
    }
    for index in key.indices {
      for flip in 0..<8 {
        var bad = key
        bad[index] ^= 1 << UInt8(flip)
        try bad.withUnsafeBytes { key in
          try row.withUnsafeBytes { row in
            try view.load(key: key, row: row)
            for ordinal in 0..<4 { _ = try? view.value(ordinal) }
          }
        }
      }
    }
  }
}
