import Foundation
import Testing

@testable import CareFS

/// Rows that are older than their table, rows that are damaged, and columns asked for as what they
/// are not.
@Suite struct OldRowTests {
  private static let types: [ColumnType] = [
    .int, .double, .bool, .date, .time, .timestamp, .uuid, .text, .bytes, .decimal, .any,
  ]

  private func values() throws -> [Value] {
    var random = ValueRandom(seed: 77)
    return Self.types.map { random.value($0) }
  }

  private func row(_ layout: RowLayout, _ values: [Value]) throws -> [UInt8] {
    let builder = RowBuilder(layout)
    for (column, value) in values.enumerated() { try builder.set(column, to: value) }
    return Array(try builder.finish())
  }

  /// Calls every reader of a row with every column.
  private func readAll(_ view: RowView, _ column: Int) -> [(ColumnType, Result<Value, RowError>)] {
    func result(_ body: () throws(RowError) -> Value) -> Result<Value, RowError> {
      do throws(RowError) { return .success(try body()) } catch { return .failure(error) }
    }
    return [
      (.int, result { () throws(RowError) in .int(try view.int(column)) }),
      (.double, result { () throws(RowError) in .double(try view.double(column)) }),
      (.bool, result { () throws(RowError) in .bool(try view.bool(column)) }),
      (.date, result { () throws(RowError) in .date(try view.date(column)) }),
      (.time, result { () throws(RowError) in .time(try view.time(column)) }),
      (.timestamp, result { () throws(RowError) in .timestamp(try view.timestamp(column)) }),
      (.uuid, result { () throws(RowError) in .uuid(try view.uuid(column)) }),
      (.decimal, result { () throws(RowError) in .decimal(try view.decimal(column)) }),
    ]
  }

  /// A row of no columns of a table that has since got one of each type, with defaults.
  @Test func missingColumnsReadTheirDefaults() throws {
    let values = try values()
    let defaults = try row(RowLayout(Self.types), values)
    let empty = try row(RowLayout([]), [])
    try defaults.withUnsafeBytes { defaults in
      let layout = RowLayout(Self.types, absent: defaults)
      #expect(layout.count == Self.types.count)
      try empty.withUnsafeBytes { raw in
        let view = try RowView(raw, layout: layout)
        #expect(view.count == Self.types.count)
        for (column, type) in Self.types.enumerated() {
          #expect(try view.value(column) == values[column], "\(type)")
          #expect(!view.isNull(column))
          for (asked, found) in readAll(view, column) where asked == type {
            #expect((try? found.get()) == values[column], "\(type)")
          }
        }
        #expect(view.plainInt(0) == nil)
        #expect(view.plainInt(-1) == nil)
        #expect(view.plainText(7) == nil)
      }
    }
  }

  /// The same where the defaults are missing too: damage, never a trap.
  @Test func missingDefaultsAreDamage() throws {
    let empty = try row(RowLayout([]), [])
    try empty.withUnsafeBytes { raw in
      for layout in [RowLayout(Self.types), RowLayout(Self.types, absent: raw)] {
        let view = try RowView(raw, layout: layout)
        for (column, type) in Self.types.enumerated() {
          #expect(view.isNull(column))
          #expect(!view.isExternal(column))
          for (asked, found) in readAll(view, column) where asked == type {
            #expect((try? found.get()) == nil, "\(type)")
          }
        }
      }
    }
  }

  /// Null columns read as zero, or as no value where there is none.
  @Test func nullColumnsAreZero() throws {
    let layout = RowLayout(Self.types)
    let bytes = try row(layout, Self.types.map { _ in .null })
    try bytes.withUnsafeBytes { raw in
      let view = try RowView(raw, layout: layout)
      for (column, type) in Self.types.enumerated() {
        #expect(try view.value(column) == .null)
        #expect(view.isNull(column))
        for (asked, found) in readAll(view, column) where asked == type {
          switch found {
          case .success(let value): #expect(value.type == type)
          case .failure: #expect(type == .decimal)
          }
        }
      }
      #expect(view.plainInt(0) == nil)
    }
  }

  @Test func columnsAreWhatTheyAre() throws {
    let layout = RowLayout(Self.types)
    let bytes = try row(layout, try values())
    try bytes.withUnsafeBytes { raw in
      let view = try RowView(raw, layout: layout)
      for (column, type) in Self.types.enumerated() where type != .bytes && type != .text {
        for (asked, found) in readAll(view, column) where asked != type && asked != .decimal {
          #expect((try? found.get()) == nil, "\(type) as \(asked)")
        }
      }
      #expect(view.plainInt(1) == nil)
      #expect(view.plainText(9) == nil)
      #expect(throws: RowError.self) { try RowView.value(.int, of: raw) }
      #expect(throws: RowError.self) {
        try RowView.value(.decimal, of: UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
  }

  /// Every byte of a row of all types replaced by every value: an error or a value, never a trap,
  /// and what is read is of its column's type.
  @Test func damagedRowsEndInErrorsOrValues() throws {
    let layout = RowLayout(Self.types)
    let bytes = try row(layout, try values())
    var damaged = 0
    for place in bytes.indices {
      for value in UInt8.min...UInt8.max {
        var bad = bytes
        bad[place] = value
        bad.withUnsafeBytes { raw in
          guard let view = try? RowView(raw, layout: layout) else {
            damaged += 1
            return
          }
          for (column, type) in Self.types.enumerated() {
            guard let found = try? view.value(column) else {
              damaged += 1
              continue
            }
            #expect(found.isNull || found.type == type)
          }
        }
      }
    }
    #expect(damaged > 0)
    // Cut at each length, and headers of many columns that are cut.
    for count in bytes.indices {
      Array(bytes[..<count]).withUnsafeBytes { raw in
        guard let view = try? RowView(raw, layout: layout) else { return }
        for column in Self.types.indices { _ = try? view.value(column) }
      }
    }
    for head in [[0x7F], [0x7F, 1], [0xFF], [0xFF, 1, 0], [0x80]] as [[UInt8]] {
      head.withUnsafeBytes { raw in
        _ = #expect(throws: RowError.self) { try RowView(raw, layout: layout) }
      }
    }
  }

  @Test func anyValuesThatAreDamaged() {
    let bad: [[UInt8]] = [
      [], [99], [RowFormat.AnyMark.yes, 1], [RowFormat.AnyMark.no, 0],
      [RowFormat.AnyMark.number], [RowFormat.AnyMark.number, 0x78],
    ]
    for bytes in bad {
      bytes.withUnsafeBytes { raw in
        #expect(throws: RowError.self) { try AnyField(raw).value() }
        #expect(throws: RowError.self) {
          try AnyField(raw).appendKey(collation: .binary, to: KeyEncoder())
        }
      }
    }
  }

  // MARK: Records

  /// Columns of a record that lie in the key, in the row and in documents, asked for as others.
  @Test func columnsOfRecordsAreWhatTheyAre() throws {
    let layout = RecordLayout(
      columns: [
        ColumnShape(.int, nullable: true), ColumnShape(.json, nullable: true), ColumnShape(.text),
        ColumnShape(.text),
      ], primaryKey: [(0, false), (2, false)])
    let key = KeyEncoder()
    try key.append(.null, as: layout.keyParts[0])
    try key.append(.text("k"), as: layout.keyParts[1])
    let builder = RowBuilder(layout.row)
    let view = try RecordView(layout)
    for isNull in [true, false] {
      builder.begin()
      for (column, ordinal) in layout.rowOrdinals.enumerated() {
        switch (ordinal, isNull) {
        case (1, true): builder.setNull(column)
        case (1, false): [UInt8](arrayLiteral: 1).withUnsafeBytes { builder.setField(column, $0) }
        default: try builder.set(column, to: .text("row"))
        }
        #expect(throws: RowError.self) {
          try builder.set(column, to: .json(try JSON(validating: "1")))
        }
      }
      let row = Array(try builder.finish())
      try row.withUnsafeBytes { row in
        try view.load(key: key.key, row: row)
        #expect(try view.isNull(0))
        #expect(throws: RowError.self) { try view.int(0) }
        #expect(throws: RowError.self) { try view.bytes(0) }
        #expect(throws: RowError.self) {
          try view.appendKey(1, as: KeyPart(.json), to: KeyEncoder())
        }
        #expect(Array(try view.bytes(2)) == Array("k".utf8))
        if isNull {
          #expect(try view.bytes(1).isEmpty)
        } else {
          #expect(throws: RowError.self) { try view.bytes(1) }
        }
        let place = try #require(layout.rowOrdinals.firstIndex(of: 1))
        let plain = try RowView(row, layout: layout.row)
        if !isNull { #expect(throws: RowError.self) { try plain.value(place) } }
      }
    }
  }

  // MARK: Keys

  @Test func keysOfWholeDocumentsAreRefused() throws {
    #expect(throws: RowError.self) {
      try KeyEncoder().append(.json(try JSON(validating: "1")), as: KeyPart(.json))
    }
    [UInt8](arrayLiteral: 1, 2, 3).withUnsafeBytes { raw in
      var decoder = KeyDecoder(raw)
      #expect(throws: RowError.self) { try decoder.skip(KeyPart(.json)) }
      #expect(throws: RowError.self) { try decoder.double() }
      #expect(throws: RowError.self) { try decoder.fixed(16) }
    }
  }

  @Test func prefixesAreOfTexts() throws {
    #expect(throws: RowError.self) { try KeyEncoder().append(prefix: "a", as: KeyPart(.int)) }
    #expect(throws: RowError.self) {
      try KeyEncoder().append(prefix: "a", as: KeyPart(.text, descending: true))
    }
    for part in [KeyPart(.text, nullable: true), KeyPart(.any), KeyPart(.any, nullable: true)] {
      let prefix = KeyEncoder()
      try prefix.append(prefix: "ab", as: part)
      for text in ["ab", "abc", "ab\u{0}"] {
        let whole = KeyEncoder()
        try whole.append(part.type == .any ? .any(.text(text)) : .text(text), as: part)
        #expect(whole.buffer.array.starts(with: prefix.buffer.array), "\(text)")
      }
      let other = KeyEncoder()
      try other.append(part.type == .any ? .any(.text("aa")) : .text("aa"), as: part)
      #expect(!other.buffer.array.starts(with: prefix.buffer.array))
    }
  }

  /// Numbers of all kinds have one order.
  @Test func numbersOfAllKindsHaveOneOrder() throws {
    let buffer = ByteBuffer()
    func key(_ body: (ByteBuffer) -> Void) -> [UInt8] {
      buffer.clear()
      body(buffer)
      return buffer.array
    }
    let ints = [Int64.min, -70_000, -2, -1, 0, 1, 9, 10, 11, 100, 70_000, .max]
    for int in ints {
      #expect(
        key { NumberKey.append(int, to: $0) } == key { NumberKey.append(ExactDecimal(int), to: $0) }
      )
    }
    let keys = ints.map { int in key { NumberKey.append(int, to: $0) } }
    for (low, high) in zip(keys, keys.dropFirst()) {
      #expect(low.lexicographicallyPrecedes(high))
    }
    for double in [-1.5, -0.0, 0.0, 0.25, 1, 1e300, .leastNonzeroMagnitude] {
      let own = key { NumberKey.append(double, to: $0) }
      let text = key { buffer in
        (double == 0 ? 0 : double).description.withUTF8Bytes {
          _ = NumberKey.append(text: $0, to: buffer)
        }
      }
      #expect(own == text)
    }
    for text in ["", "x", "1.", "--1", "1e", "0x1"] {
      let isNumber = text.withUTF8Bytes { NumberKey.append(text: $0, to: ByteBuffer()) }
      #expect(!isNumber, "\(text)")
      let encoder = KeyEncoder()
      let isKey = text.withUTF8Bytes { ScalarKey.append(number: $0, to: encoder) }
      #expect(!isKey && encoder.buffer.count == 0, "\(text)")
    }
  }
}
