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
    #expect(Array(try builder.finish()) == [4, 0x1D, 0x09, 0xF9, 0x61, 0x62, 0x63])
    builder.begin()
    builder.setInt(0, 1 << 40)
    builder.setText(2, "x")
    #expect(Array(try builder.finish()) == [4, 0xF6, 0x0F, 0, 0, 0, 0, 0, 1, 0x78])
    builder.begin()
    builder.setBool(3, false)
    #expect(Array(try builder.finish()) == [0x84, 4, 0xFF, 0x00, 1])
  }

  @Test func `a field takes no more bytes than its value needs`() throws {
    func size(_ value: Value, _ type: ColumnType) throws -> Int {
      let builder = RowBuilder(RowLayout([type]))
      try builder.set(0, to: value)
      return try builder.finish().count - 2
    }
    for (value, bytes) in [
      (0, 0), (1, 0), (6, 0), (7, 1), (-1, 1), (127, 1), (128, 2), (-128, 1), (-129, 2),
      (32_767, 2), (32_768, 3), (1 << 23, 4), (1 << 31, 5), (1 << 39, 6), (1 << 47, 7),
      (1 << 55, 8), (Int64.max, 8), (.min, 8),
    ] { #expect(try size(.int(value), .int) == bytes, "\(value)") }
    for (value, bytes) in [(0.0, 0), (-0.0, 0), (1, 2), (0.5, 2), (37.5, 3), (0.1, 8)] {
      #expect(try size(.double(value), .double) == bytes, "\(value)")
    }
    for (text, bytes) in [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01Z", 1), ("2026-01-31T13:05:00Z", 4),
      ("2026-01-31T13:05:00.25Z", 7), ("9999-12-31T23:59:59Z", 5), ("0001-01-01T00:00:00Z", 5),
    ] {
      let moment = try #require(Timestamp(text))
      #expect(try size(.timestamp(moment), .timestamp) == bytes, "\(text)")
    }
    for (text, bytes) in [("00:00:00", 0), ("09:30:00", 3), ("23:59:59.999999", 5)] {
      #expect(try size(.time(try #require(TimeOfDay(text))), .time) == bytes, "\(text)")
    }
    #expect(try size(.date(try #require(CalendarDate("2026-01-31"))), .date) == 2)
    #expect(try size(.bool(true), .bool) == 0)
    #expect(try size(.null, .uuid) == 0)
  }

  @Test func `rows of many columns read back`() throws {
    var random = ValueRandom(seed: 11)
    for columns in [15, 16, 17, 31, 32, 33, 48, 100, 126, 127, 128, 300, 4_096] {
      for _ in 0..<3 {
        let (layout, values, bytes) = try sample(&random, columns: columns)
        #expect(try read(layout, bytes) == values)
      }
    }
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

  /// Reads all there is. Returns whether the row could be looked at.
  @discardableResult
  func probe(_ layout: RowLayout, _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      guard let start = raw.baseAddress, let view = try? RowView(raw, layout: layout) else {
        return false
      }
      #expect(view.bytes.count == raw.count)
      for column in 0..<layout.count {
        _ = view.isNull(column)
        _ = view.isExternal(column)
        _ = try? view.value(column)
        let field =
          layout.type(column) == .uuid ? try? view.uuidBytes(column) : try? view.field(column)
        if let field, let place = field.baseAddress, field.count > 0 {
          #expect(place >= start && place + field.count <= start + raw.count)
        }
      }
      return true
    }
  }

  @Test func `damaged rows throw or read, and never trap`() throws {
    var random = ValueRandom(seed: 8)
    for _ in 0..<40 {
      let (layout, _, bytes) = try sample(&random, columns: 10)
      for cut in 0..<bytes.count { probe(layout, Array(bytes[..<cut])) }
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

  @Test func `a row that ends before its variable fields throws`() throws {
    let layout = RowLayout([.int, .text, .timestamp, .uuid, .text])
    var random = ValueRandom(seed: 12)
    let builder = RowBuilder(layout)
    builder.setInt(0, 1 << 60)
    builder.setTimestamp(2, try #require(Timestamp(microseconds: 1 << 50 | 1)))
    try builder.set(3, to: .uuid(random.uuid()))
    let bytes = Array(try builder.finish())
    for cut in 0..<bytes.count {
      let short = Array(bytes[..<cut])
      _ = short.withUnsafeBytes { raw in
        #expect(throws: RowError.self) { _ = try RowView(raw, layout: layout) }
      }
    }
  }

  @Test func `random bytes throw or read, and never trap`() throws {
    var random = ValueRandom(seed: 13)
    var read = 0
    for round in 0..<20_000 {
      let types = (0..<random.below(40)).map { _ in
        RowTests.types[random.below(RowTests.types.count)]
      }
      let layout = RowLayout(types)
      var bytes = (0..<random.below(160)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if !bytes.isEmpty, round % 4 > 0 {
        bytes[0] = UInt8(random.below(types.count + 1)) | (round % 4 == 1 ? 0x80 : 0)
        if bytes.count > 1, round % 4 == 1 { bytes[1] &= 15 }
      }
      if probe(layout, bytes) { read += 1 }
    }
    #expect(read > 1_000)
  }

  @Test func `damage of codes is named`() throws {
    func problem(_ type: ColumnType, _ bytes: [UInt8]) throws -> RowError? {
      let layout = RowLayout([type])
      return bytes.withUnsafeBytes { raw in
        do throws(RowError) {
          _ = try RowView(raw, layout: layout).value(0)
          return nil
        } catch { return error }
      }
    }
    #expect(try problem(.bool, [1, 10]) == .corrupt("truth value in a row is neither 0 nor 1"))
    #expect(try problem(.double, [1, 9]) == .corrupt("double in a row"))
    #expect(
      try problem(.uuid, [1, 0x08] + [UInt8](repeating: 0, count: 8)) == .corrupt("uuid in a row"))
    #expect(try problem(.int, [1, 0x19]) == .corrupt("code of no field in a row"))
    #expect(try problem(.int, [1, 0x01]) != nil)
    #expect(try problem(.int, [1, 0x09, 0]) != nil)
    #expect(try problem(.int, [2, 0x09]) != nil)
    #expect(
      try problem(.timestamp, [1, 14, 0, 0, 0, 0, 0, 0x70]) == .corrupt("timestamp in a row"))
    #expect(try problem(.time, [1, 11, 0x80, 0x51, 1]) == .corrupt("time in a row"))
    #expect(try problem(.date, [1, 5, 0, 0, 0, 0, 1]) == .corrupt("date in a row"))
    #expect(try problem(.text, [0x81, 3]) == .corrupt("size of the ends in a row"))
    #expect(try problem(.text, [0x81, 16]) != nil)
    #expect(try problem(.text, [0x81]) != nil)
    #expect(try problem(.text, [0x7F, 2, 0, 0]) != nil)
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
