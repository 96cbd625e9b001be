/// Tries what a column and its checks allow, before there is any table.
struct ColumnProbe {
  private let schema: TableSchema
  private let layout: RecordLayout
  private let constraints: [RowConstraint]

  /// - Parameter checks: conditions over rows; those that read other columns are left out.
  init(_ column: ColumnSchema, of table: String, checks: [CheckSchema] = []) throws {
    var plain = column
    plain.defaultValue = nil
    plain.automatic = nil
    plain.autoincrement = false
    plain.nullable = true
    let key = ColumnSchema(column.name + " key", .int)
    var schema = TableSchema(table, columns: [key, plain], primaryKey: [key.name])
    let shapes = schema.columns.map {
      ColumnShape($0.type, nullable: $0.nullable, collation: $0.collation)
    }
    let layout = RecordLayout(columns: shapes, primaryKey: [(0, false)])
    // What does not bind here reads other columns, or is refused elsewhere.
    schema.checks = checks.filter { check in
      (try? schema.bind(try Expression.parse(check.expression))) != nil
    }
    self.schema = schema
    self.layout = layout
    constraints = try RowConstraint.all(of: schema, layout: layout)
  }

  /// What refuses a value of the column: a part of the column's declaration or the name of a
  /// check; nil if nothing does, or if that shows only when a row is written.
  func refusal(of value: Value) throws -> String? {
    let builder = RowBuilder(layout.row)
    try builder.set(0, to: value)
    let row = Array(try builder.finish())
    let encoder = KeyEncoder()
    try encoder.append(.int(0), as: layout.keyParts[0])
    let key = encoder.buffer.array
    let view = try RecordView(layout)
    let context = EvaluationContext()
    let scratch = KeyEncoder()
    return try key.withUnsafeBytes { key in
      try row.withUnsafeBytes { row in
        try view.load(key: key, row: row)
        let broken = constraints.first { constraint in
          (try? constraint.holds(view, context, scratch: scratch)) == false
        }
        return broken.map { $0.ordinal == nil ? "check \"\($0.name)\"" : "being \($0.name)" }
      }
    }
  }
}

extension ColumnSchema {
  /// Refuses bounds, allowed values and a default that exclude each other, and a default that one
  /// of the checks on this column alone excludes.
  func validateAgreement(in table: TableSchema) throws {
    func refused(_ what: String) -> DatabaseError {
      table.refused("column \"\(name)\": \(what)", columns: [name])
    }
    guard type != .json, type != .any else { return }
    if let least = min?.value(as: type), max != nil {
      let below = ColumnSchema(name, type, max: max)
      if try ColumnProbe(below, of: table.name).refusal(of: least) != nil {
        throw refused("min is above max, so no value is allowed")
      }
    }
    if let oneOf {
      var open = self
      open.oneOf = nil
      let probe = try ColumnProbe(open, of: table.name)
      for value in oneOf.compactMap({ $0.value(as: type) }) {
        if let reason = try probe.refusal(of: value) {
          throw refused("oneOf holds a value that is refused for not \(reason)")
        }
      }
    }
    if case .constant(let constant)? = defaultValue, let value = constant.value(as: type) {
      let probe = try ColumnProbe(self, of: table.name, checks: table.checks)
      if let reason = try probe.refusal(of: value) {
        let what = reason.hasPrefix("check") ? "by \(reason)" : "for not \(reason)"
        throw refused("the default is refused \(what)")
      }
    }
  }
}
