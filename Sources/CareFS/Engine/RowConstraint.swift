/// One thing that every row of a table must hold: what a column allows, or a check.
final class RowConstraint: Sendable {
  enum Rule: Sendable {
    /// An int within bounds.
    case intRange(Int64, Int64)
    /// A double within bounds.
    case doubleRange(Double, Double)
    /// A value whose key lies within bounds.
    case keyRange(KeyPart, [UInt8]?, [UInt8]?)
    /// A text among some, by its bytes.
    case textOneOf([[UInt8]])
    /// A value whose key is among some.
    case keyOneOf(KeyPart, [[UInt8]])
    /// A text of so many Unicode scalars, or bytes of such a length.
    case length(ColumnType, Int, Int)
    /// A condition over the whole row: the check's name is in `name`.
    case check(BoundExpression)
  }

  /// The column; nil for checks.
  let ordinal: Int?
  let rule: Rule
  /// What is allowed, or the name of the check.
  let name: String
  /// The columns that it reads.
  let columns: Set<Int>

  init(ordinal: Int?, rule: Rule, name: String, columns: Set<Int>) {
    self.ordinal = ordinal
    self.rule = rule
    self.name = name
    self.columns = columns
  }
}

extension RowConstraint {
  /// All constraints of a table but not null, keys and references.
  static func all(of schema: TableSchema, layout: RecordLayout) throws -> [RowConstraint] {
    var all: [RowConstraint] = []
    for (ordinal, column) in schema.columns.enumerated() {
      for (rule, name) in try rules(of: column) {
        all.append(RowConstraint(ordinal: ordinal, rule: rule, name: name, columns: [ordinal]))
      }
      if let pattern = column.pattern {
        // A column's pattern is the check `column like pattern`, bound once.
        let tree = Expression.like(pattern: pattern, column: column.name)
        let bound = try schema.bind(tree)
        all.append(
          RowConstraint(
            ordinal: ordinal, rule: .check(bound), name: "like the pattern of the column",
            columns: [ordinal]))
      }
    }
    for check in schema.checks {
      let bound = try schema.bind(try Expression.parse(check.expression))
      all.append(
        RowConstraint(
          ordinal: nil, rule: .check(bound), name: check.name,
          columns: Set(bound.columnOrdinals)))
    }
    return all
  }

  private static func rules(of column: ColumnSchema) throws -> [(Rule, String)] {
    var rules: [(Rule, String)] = []
    let part = KeyPart(column.type, collation: column.collation)
    if let oneOf = column.oneOf {
      let keys = try oneOf.map { try key($0, column, part) }
      let isPlain = column.type == .text && column.collation == .binary
      let texts = oneOf.compactMap { constant -> [UInt8]? in
        if case .text(let text) = constant { Array(text.utf8) } else { nil }
      }
      rules.append(
        (isPlain ? .textOneOf(texts) : .keyOneOf(part, keys), "one of its allowed values"))
    }
    if column.min != nil || column.max != nil {
      rules.append((try range(column, part), "within its allowed range"))
    }
    if column.minLength != nil || column.maxLength != nil {
      rules.append(
        (
          .length(column.type, column.minLength ?? 0, column.maxLength ?? .max),
          "of an allowed length"
        ))
    }
    return rules
  }

  private static func range(_ column: ColumnSchema, _ part: KeyPart) throws -> Rule {
    let low = column.min?.value(as: column.type)
    let high = column.max?.value(as: column.type)
    switch column.type {
    case .int:
      var range = (Int64.min, Int64.max)
      if case .int(let value)? = low { range.0 = value }
      if case .int(let value)? = high { range.1 = value }
      return .intRange(range.0, range.1)
    case .double:
      var range = (-Double.infinity, Double.infinity)
      if case .double(let value)? = low { range.0 = value }
      if case .double(let value)? = high { range.1 = value }
      return .doubleRange(range.0, range.1)
    default:
      return .keyRange(
        part, try column.min.map { try key($0, column, part) },
        try column.max.map { try key($0, column, part) })
    }
  }

  private static func key(
    _ constant: SchemaConstant, _ column: ColumnSchema, _ part: KeyPart
  ) throws -> [UInt8] {
    guard let value = constant.value(as: column.type) else {
      throw CatalogEntry.damaged("a constant is not of its column's type")
    }
    let encoder = KeyEncoder()
    try encoder.append(value, as: part)
    return Array(encoder.key)
  }
}

extension RowConstraint {
  /// Whether a row holds it. Null holds everything but a check that is false.
  @inline(__always)
  func holds(
    _ row: RecordView, _ context: EvaluationContext, scratch: KeyEncoder
  ) throws -> Bool {
    if case .check(let expression) = rule {
      return try context.isNotFalse(expression, row)
    }
    guard let ordinal, try !row.isNull(ordinal) else { return true }
    switch rule {
    case .intRange(let low, let high):
      let value = try row.int(ordinal)
      return value >= low && value <= high
    case .doubleRange(let low, let high):
      let value = try row.double(ordinal)
      return value >= low && value <= high
    case .textOneOf(let texts):
      let text = try row.bytes(ordinal)
      return texts.contains { $0.withUnsafeBytes { RawBytes.equal($0, text) } }
    case .length(let type, let low, let high):
      let bytes = try row.bytes(ordinal)
      let length =
        type == .text ? bytes.reduce(into: 0) { $0 += $1 & 0xC0 == 0x80 ? 0 : 1 } : bytes.count
      return length >= low && length <= high
    case .keyRange(let part, let low, let high):
      scratch.clear()
      try row.appendKey(ordinal, as: part, to: scratch)
      if let low, low.withUnsafeBytes({ RawBytes.compare(scratch.key, $0) }) < 0 { return false }
      if let high, high.withUnsafeBytes({ RawBytes.compare(scratch.key, $0) }) > 0 {
        return false
      }
      return true
    case .keyOneOf(let part, let keys):
      scratch.clear()
      try row.appendKey(ordinal, as: part, to: scratch)
      return keys.contains { $0.withUnsafeBytes { RawBytes.equal($0, scratch.key) } }
    case .check: return true
    }
  }

  /// The refusal of a row that does not hold it.
  func refusal(_ schema: TableSchema) -> DatabaseError {
    if let ordinal {
      let column = schema.columns[ordinal].name
      return DatabaseError(
        .checkViolation, "\(schema.name).\(column): the value is not \(name)", table: schema.name,
        columns: [column])
    }
    let names = columns.sorted().map { schema.columns[$0].name }
    return DatabaseError(
      .checkViolation,
      "\(schema.name).\(names.joined(separator: ", ")): the row breaks the check \"\(name)\"",
      table: schema.name, columns: names)
  }
}
