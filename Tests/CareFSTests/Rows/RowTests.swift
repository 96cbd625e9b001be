import Testing

@testable import CareFS

@Suite struct RowTests {
  static let types: [ColumnType] = ColumnType.allCases.filter { $0 != .json }

  /// A random row of random columns: the layout, the values and the bytes.
  func sample(
    _ random: inout ValueRandom, columns: Int
  ) throws -> (layout: RowLayout, values: [Value], bytes: [UInt8]) {
    let types = (0..<columns).map { _ in RowTests.types[random.below(RowTests.types.count)] }
    let values = types.map { random.chance(1, of: 5) ? .null : random.value($0) }
    let layout = RowLayout(types)
    let builder = RowBuilder(layout)
    let order =
      random.chance(1, of: 2) ? Array(0..<columns) : (0..<columns).shuffled(using: &random)
    for column in order { try builder.set(column, to: values[column]) }
    return (layout, values, Array(try builder.finish()))
  }

  func read(_ layout: RowLayout, _ bytes: [UInt8]) throws -> [Value] {
    try bytes.withUnsafeBytes { raw in
      let view = try RowView(raw, layout: layout)
      return try (0..<layout.count).map { try view.value($0) }
    }
  }

  @Test func `rows read back`() throws {
    var random = ValueRandom(seed: 4)
    for round in 0..<800 {
      let (layout, values, bytes) = try sample(&random, columns: round % 20)
      #expect(try read(layout, bytes) == values)
    }
  }

  @Test func `a builder is used again and again`() throws {
    let layout = RowLayout([.int, .text, .bool, .decimal, .bytes])
    let builder = RowBuilder(layout)
    var random = ValueRandom(seed: 5)
    for _ in 0..<500 {
      var values: [Value] = [.null, .null, .null, .null, .null]
      builder.begin()
      for _ in 0..<random.below(8) {
        let column = random.below(5)
        values[column] = random.chance(1, of: 4) ? .null : random.value(layout.type(column))
        try builder.set(column, to: values[column])
      }
      #expect(try read(layout, Array(builder.finish())) == values)
    }
  }

  @Test func `sizes`() throws {
    let builder = RowBuilder(RowLayout([.int, .int, .text, .bool]))
    builder.setInt(0, 5)
    builder.setInt(1, -7)
    builder.setText(2, "abc")
    builder.setBool(3, true)
    #expect(
      Array(try builder.finish()) == [
        4, 0, 0, 0, 5, 0, 0, 0, 0xF9, 0xFF, 0xFF, 0xFF, 1, 3, 0, 0x61, 0x62, 0x63,
      ])
    builder.begin()
    builder.setInt(0, 1 << 40)
    builder.setText(2, "x")
    #expect(
      Array(try builder.finish()) == [
        4, 0, 4, 0b1010, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x78,
      ])
  }

  @Test func `long fields take wide ends, external ones a flag`() throws {
    let layout = RowLayout([.text, .int, .bytes, .text])
    let builder = RowBuilder(layout)
    let long = String(repeating: "é", count: 40_000)
    builder.setText(0, long)
    builder.setInt(1, .max)
    [UInt8(1), 2].withUnsafeBytes { builder.setField(2, $0, isExternal: true) }
    builder.setText(3, "tail")
    let bytes = Array(try builder.finish())
    try bytes.withUnsafeBytes { raw in
      let view = try RowView(raw, layout: layout)
      #expect(try view.value(0) == .text(long))
      #expect(try view.int(1) == .max)
      #expect(view.isExternal(2))
      #expect(!view.isExternal(0))
      #expect(!view.isExternal(3))
      #expect(Array(try view.field(2)) == [1, 2])
      #expect(throws: RowError.noDocuments) { try view.value(2) }
      #expect(try view.value(3) == .text("tail"))
    }
  }

  @Test func `columns that an older row lacks read as the default`() throws {
    var random = ValueRandom(seed: 6)
    for _ in 0..<100 {
      let (old, values, bytes) = try sample(&random, columns: 7)
      let types = (0..<7).map { old.type($0) } + [.text, .int, .decimal, .date]
      let bare = RowLayout(types)
      let builder = RowBuilder(bare)
      let added: [Value] = [.text("none"), .int(1 << 50), .decimal(random.decimal()), .null]
      for (index, value) in added.enumerated() { try builder.set(7 + index, to: value) }
      let layout = bare.filling(absent: try builder.finish())
      #expect(try read(layout, bytes) == values + added)
      try bytes.withUnsafeBytes { raw in
        let copier = RowBuilder(layout)
        try copier.begin(copying: try RowView(raw, layout: layout))
        #expect(try read(layout, Array(try copier.finish())) == values + added)
      }
    }
  }

  @Test func `a copy with changes`() throws {
    var random = ValueRandom(seed: 7)
    for _ in 0..<200 {
      var (layout, values, bytes) = try sample(&random, columns: 9)
      let builder = RowBuilder(layout)
      try bytes.withUnsafeBytes { try builder.begin(copying: RowView($0, layout: layout)) }
      let column = random.below(9)
      values[column] = random.chance(1, of: 3) ? .null : random.value(layout.type(column))
      try builder.set(column, to: values[column])
      #expect(try read(layout, Array(try builder.finish())) == values)
    }
  }

  @Test func `damaged rows throw or read, and never trap`() throws {
    var random = ValueRandom(seed: 8)
    func probe(_ layout: RowLayout, _ bytes: [UInt8]) {
      bytes.withUnsafeBytes { raw in
        guard let view = try? RowView(raw, layout: layout) else { return }
        #expect(view.bytes.count == raw.count)
        for column in 0..<layout.count {
          _ = view.isNull(column)
          _ = view.isExternal(column)
          _ = try? view.value(column)
          if let field = try? view.field(column), let start = field.baseAddress, field.count > 0 {
            #expect(
              start >= raw.baseAddress! && start + field.count <= raw.baseAddress! + raw.count)
          }
        }
      }
    }
    for _ in 0..<40 {
      let (layout, _, bytes) = try sample(&random, columns: 10)
      for cut in 0..<bytes.count {
        let short = Array(bytes[..<cut])
        _ = short.withUnsafeBytes { raw in
          #expect(throws: RowError.self) { _ = try RowView(raw, layout: layout) }
        }
      }
      probe(layout, bytes + [0])
      for index in bytes.indices {
        for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF, bytes[index] ^ 1, bytes[index] ^ 0x10] {
          var bad = bytes
          bad[index] = value
          probe(layout, bad)
        }
      }
    }
  }

  @Test func `a column as another type than its own throws`() throws {
    let layout = RowLayout([.int, .text])
    let builder = RowBuilder(layout)
    let bytes = Array(try builder.finish())
    try bytes.withUnsafeBytes { raw in
      let view = try RowView(raw, layout: layout)
      #expect(throws: RowError.self) { try view.double(0) }
      #expect(throws: RowError.self) { try view.int(1) }
      #expect(throws: RowError.self) { try view.field(0) }
    }
    #expect(throws: RowError.typeMismatch(expected: .int, found: .text)) {
      try builder.set(0, to: .text("1"))
    }
  }
}
