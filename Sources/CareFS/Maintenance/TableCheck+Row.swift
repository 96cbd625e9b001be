import PageStore

/// What a check looks at in each column, found once for many rows.
final class CheckedColumns {
  struct Column {
    /// The place in the row; -1 of a part of the key.
    var row: Int
    var type: ColumnType
    var isNullable: Bool
  }

  let all: UnsafeMutableBufferPointer<Column>
  /// Of each index, whether it is a unique one.
  let isUnique: UnsafeMutableBufferPointer<Bool>
  let hasConstraints: Bool
  let hasDocuments: Bool

  init(_ table: TablePlan) {
    let layout = table.layout
    all = .allocate(capacity: layout.columns.count)
    for (index, column) in layout.columns.enumerated() {
      all.initializeElement(
        at: index,
        to: Column(
          row: layout.places[index].row, type: column.type, isNullable: column.nullable))
    }
    isUnique = .allocate(capacity: table.indexes.count)
    for (index, plan) in table.indexes.enumerated() {
      isUnique.initializeElement(at: index, to: plan.kind == .unique)
    }
    hasConstraints = !table.constraints.isEmpty
    hasDocuments = !table.documentColumns.isEmpty
  }

  deinit {
    all.deallocate()
    isUnique.deallocate()
  }
}

extension TableCheck {
  /// Checks a row, and notes the entries that it must have in the indexes.
  func check(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws {
    try row.load(key: key, row: value)
    let fields = row.row
    for ordinal in columns.all.indices {
      let column = columns.all[ordinal]
      if column.row >= 0, column.row < fields.stored, !fields.isNull(column.row) {
        // The two commonest types, without what the others need.
        if column.type == .int { continue }
        if column.type == .text, !fields.isExternal(column.row) {
          if !Self.isText(try fields.field(column.row)) { addNoText(ordinal, key) }
          continue
        }
      }
      try check(ordinal, key)
    }
    if columns.hasConstraints { try checkConstraints(key) }
    if let automatic = table.automaticKey {
      tally.pointee.highestKey = max(tally.pointee.highestKey, try row.int(automatic))
    }
    if columns.hasDocuments {
      for column in table.documentColumns where try !row.isNull(column) {
        documentCheck.reference(try row.cell(column))
      }
    }
    try entries.gather(row, table, context)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    for entry in entries.all {
      let index = Int(entry.index)
      expected[index].add(entries.key(entry), columns.isUnique[index] ? key : none)
    }
  }

  private func checkConstraints(_ key: UnsafeRawBufferPointer) throws {
    for constraint in table.constraints
    where try !constraint.holds(row, context, scratch: scratch) {
      add("a row breaks a constraint: \(constraint.refusal(table.schema).message)", key: key)
    }
  }

  /// Reads one column as its type.
  private func check(_ ordinal: Int, _ key: UnsafeRawBufferPointer) throws {
    let column = table.layout.columns[ordinal]
    if try row.isNull(ordinal) {
      if !column.nullable {
        add("column \(table.schema.columns[ordinal].name) of a row is null", key: key)
      }
      return
    }
    switch column.type {
    case .int: _ = try row.int(ordinal)
    case .double: _ = try row.double(ordinal)
    case .bool: _ = try row.bool(ordinal)
    case .date: _ = try row.date(ordinal)
    case .time: _ = try row.time(ordinal)
    case .timestamp: _ = try row.timestamp(ordinal)
    case .uuid: _ = try row.uuid(ordinal)
    case .bytes: _ = try row.bytes(ordinal)
    case .json:
      // Loading verifies the document's own checksum.
      _ = try row.bytes(ordinal)
    case .text:
      if !Self.isText(try row.bytes(ordinal)) { addNoText(ordinal, key) }
    case .decimal, .any: _ = try row.value(ordinal)
    }
  }

  private func addNoText(_ ordinal: Int, _ key: UnsafeRawBufferPointer) {
    add("column \(table.schema.columns[ordinal].name) of a row is not UTF-8", key: key)
  }

  private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      place += 8
    }
    while place < bytes.count, bytes[place] < 0x80 { place += 1 }
    if place == bytes.count { return true }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
    return String(validating: rest, as: UTF8.self) != nil
  }
}
