import CareFS

/// One way to break one constraint of one table.
struct Breakage: CustomStringConvertible, Sendable {
  enum Kind: Sendable {
    /// A column gets a value that it does not allow.
    case value(column: String, Value)
    /// A second row has the same values in these columns.
    case duplicate(columns: [String])
    /// A reference to nothing.
    case orphan(columns: [String])
    /// A check is false.
    case check(name: String)
  }
  let table: String
  let kind: Kind
  let code: DatabaseError.Code
  let description: String

  init(_ table: String, _ kind: Kind, _ code: DatabaseError.Code, _ what: String) {
    self.table = table
    self.kind = kind
    self.code = code
    description = "\(table): \(what)"
  }
}

extension RowFactory {
  /// Every constraint of a table, each to be broken once.
  func breakages(_ table: TableSchema) throws -> [Breakage] {
    var all: [Breakage] = []
    for (ordinal, column) in table.columns.enumerated() {
      all += try breakages(of: column, ordinal, table)
    }
    all.append(
      Breakage(
        table.name, .duplicate(columns: table.primaryKey), .uniqueViolation, "primary key twice"))
    for unique in table.unique {
      let columns = unique.columns.map(\.name)
      all.append(
        Breakage(
          table.name, .duplicate(columns: columns), .uniqueViolation, "\(columns) twice"))
    }
    for key in table.foreignKeys {
      all.append(
        Breakage(
          table.name, .orphan(columns: key.columns), .foreignKeyViolation,
          "\(key.columns) without \(key.references)"))
    }
    for check in table.checks {
      all.append(
        Breakage(table.name, .check(name: check.name), .checkViolation, "check \(check.name)"))
    }
    return all
  }

  private func breakages(
    of column: ColumnSchema, _ ordinal: Int, _ table: TableSchema
  ) throws -> [Breakage] {
    var all: [Breakage] = []
    func add(_ value: Value, _ code: DatabaseError.Code, _ what: String) {
      all.append(
        Breakage(
          table.name, .value(column: column.name, value), code, "\(column.name) \(what)"))
    }
    if !column.nullable, !column.autoincrement, column.automatic == nil {
      add(.null, .notNullViolation, "null")
    }
    add(column.type == .bool ? .text("yes") : .bool(true), .typeMismatch, "of another type")
    if column.oneOf != nil { add(.text("none of them"), .checkViolation, "not allowed") }
    if let min = column.min {
      add(try beside(min, column.type, by: -1), .checkViolation, "below its minimum")
    }
    if let max = column.max {
      add(try beside(max, column.type, by: 1), .checkViolation, "above its maximum")
    }
    if let length = column.minLength, length > 0 {
      add(filled(column, length - 1), .checkViolation, "too short")
    }
    if let length = column.maxLength {
      add(filled(column, length + 1), .checkViolation, "too long")
    }
    if column.pattern != nil { add(.text("?"), .checkViolation, "unlike its pattern") }
    return all
  }

  private func filled(_ column: ColumnSchema, _ length: Int) -> Value {
    if column.type == .bytes { return .bytes(Array(repeating: 7, count: length)) }
    // Long enough texts still match the pattern, so that the length alone is wrong.
    let pattern = column.pattern?.filter { $0 != "%" }.map { $0 == "_" ? "a" : $0 } ?? []
    return .text(String(pattern) + String(repeating: "z", count: max(0, length - pattern.count)))
  }

  private func beside(_ limit: SchemaConstant, _ type: ColumnType, by step: Int64) throws -> Value {
    switch try constant(limit, type) {
    case .int(let value): return .int(value + step)
    case .double(let value): return .double(step > 0 ? value.nextUp : value.nextDown)
    case .decimal: return .decimal(try need(ExactDecimal(step > 0 ? "100.01" : "-0.01")))
    case .date(let value): return .date(try need(value.adding(days: step)))
    default: throw Unexpected("a bound of type \(type)")
    }
  }
}
