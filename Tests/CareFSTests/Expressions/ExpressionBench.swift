import Foundation
import Testing

@testable import CareFS

/// A table with a column of every type, and records of it to evaluate expressions with.
final class ExpressionBench {
  static let schema = TableSchema(
    "tab",
    columns: [
      ColumnSchema("id", .int), ColumnSchema("i", .int, null: true),
      ColumnSchema("i2", .int, null: true), ColumnSchema("d", .double, null: true),
      ColumnSchema("b", .bool, null: true), ColumnSchema("s", .text, null: true),
      ColumnSchema("s2", .text, null: true),
      ColumnSchema("n", .text, null: true, collation: .nocase),
      ColumnSchema("y", .bytes, null: true), ColumnSchema("day", .date, null: true),
      ColumnSchema("tm", .time, null: true), ColumnSchema("ts", .timestamp, null: true),
      ColumnSchema("u", .uuid, null: true), ColumnSchema("m", .decimal, null: true),
      ColumnSchema("j", .json, null: true), ColumnSchema("j2", .json, null: true),
      ColumnSchema("a", .any, null: true), ColumnSchema("end", .int, null: true),
      ColumnSchema("odd name", .int, null: true), ColumnSchema("t", .json, null: true),
    ])

  static let now = Timestamp("2026-01-31T13:05:00.5Z") ?? .min

  let layout: RecordLayout
  let view: RecordView
  let context = EvaluationContext()
  private let key = KeyEncoder()
  private let builder: RowBuilder
  private let row = ByteBuffer()

  init(_ values: [String: Value] = [:]) throws {
    layout = RecordLayout(
      columns: ExpressionBench.schema.columns.map {
        ColumnShape($0.type, nullable: $0.nullable, collation: $0.collation)
      }, primaryKey: [(0, false)])
    builder = RowBuilder(layout.row)
    view = try RecordView(layout, documents: RawDocuments())
    try load(values)
  }

  func load(_ values: [String: Value]) throws {
    key.clear()
    try key.append(values["id"] ?? .int(1), as: KeyPart(.int))
    builder.begin()
    for (place, ordinal) in layout.rowOrdinals.enumerated() {
      let value = values[ExpressionBench.schema.columns[ordinal].name] ?? .null
      if case .json(let json) = value {
        json.bytes.withUnsafeBytes { builder.setField(place, $0) }
      } else {
        try builder.set(place, to: value)
      }
    }
    row.clear()
    row.append(try builder.finish())
    try view.load(key: key.key, row: row.bytes)
  }

  func bind(_ text: String) throws -> BoundExpression {
    try ExpressionBench.schema.bind(value: Expression.parse(text), now: ExpressionBench.now)
  }

  /// The value of an expression.
  func value(_ text: String) throws -> Value { try context.value(try bind(text), view) }

  /// What a condition comes to.
  func truth(_ text: String) throws -> Truth {
    let tree = try Expression.parse(text)
    return try context.truth(
      try ExpressionBench.schema.bind(tree, now: ExpressionBench.now), view)
  }
}

/// Documents that lie in the row as they are. Each load destroys what was loaded before, as a
/// document store may.
final class RawDocuments: DocumentLoader {
  private var last = ByteBuffer()

  func load(_ cell: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    let next = ByteBuffer()
    next.append(cell)
    for place in 0..<last.count { last.set(0x3F, at: place) }
    last = next
    return next.bytes
  }
}

func json(_ text: String) throws -> Value { .json(try JSON(validating: text)) }
