/// Prints conditions of one table as SQL, as far as the two databases mean the same by them.
struct SQLConditionPrinter {
  enum Dialect {
    case sqlite, postgres
  }

  /// Why a condition has no form in SQL.
  struct Unsayable: Error {}

  let table: TableSchema
  let dialect: Dialect

  /// The condition for each of the two; nil where it cannot be said.
  static func both(
    _ tree: Expression, _ table: TableSchema
  ) -> (sqlite: String?, postgres: String?) {
    (
      try? SQLConditionPrinter(table: table, dialect: .sqlite).text(tree),
      try? SQLConditionPrinter(table: table, dialect: .postgres).text(tree)
    )
  }

  func text(_ tree: Expression) throws -> String {
    switch tree {
    case .literal(let literal): return try self.literal(literal)
    case .name(let name): return try column(name)
    case .and(let parts): return try join(parts, " AND ")
    case .or(let parts): return try join(parts, " OR ")
    case .not(let part): return "(NOT \(try text(part)))"
    case .negate(let part): return "(- \(try text(part)))"
    case .comparison(let how, let left, let right):
      let sign = how == .notEqual ? "<>" : how.rawValue
      return "(\(try text(left)) \(sign) \(try text(right)))"
    case .arithmetic(let how, let left, let right):
      return "(\(try text(left)) \(how.rawValue) \(try text(right)))"
    case .isNull(let part, let negated):
      return "(\(try text(part)) IS \(negated ? "NOT " : "")NULL)"
    case .isIn(let part, let elements, let negated):
      let list = try elements.map { try text($0) }.joined(separator: ",")
      return "(\(try text(part)) \(negated ? "NOT " : "")IN (\(list)))"
    case .between(let part, let low, let high, let negated):
      return "(\(try text(part)) \(negated ? "NOT " : "")BETWEEN \(try text(low)) AND "
        + "\(try text(high)))"
    case .like(let part, let pattern, let negated):
      return "(\(try text(part)) \(negated ? "NOT " : "")LIKE \(try text(pattern)) ESCAPE '\\')"
    case .call(let function, let arguments): return try call(function, arguments)
    case .choice(let branches, let otherwise):
      var out = "(CASE"
      for branch in branches {
        out += " WHEN \(try text(branch.condition)) THEN \(try text(branch.result))"
      }
      if let otherwise { out += " ELSE \(try text(otherwise))" }
      return out + " END)"
    }
  }

  private func join(_ parts: [Expression], _ word: String) throws -> String {
    "(" + (try parts.map { try text($0) }.joined(separator: word)) + ")"
  }

  private func call(_ function: Expression.Function, _ arguments: [Expression]) throws -> String {
    guard function == .length || function == .lower, let first = arguments.first else {
      throw Unsayable()
    }
    if case .name(let name) = first, let column = table.column(name.head), column.type == .bytes,
      function == .length, name.rest.isEmpty
    {
      return "length(\(SQLText.name(column.name)))"
    }
    return "\(function.rawValue)(\(try text(first)))"
  }

  private func literal(_ literal: Expression.Literal) throws -> String {
    switch literal {
    case .null: return "NULL"
    case .bool(let bool): return bool ? "TRUE" : "FALSE"
    case .number(let number): return number.text
    case .text(let text):
      // What stands in one line's rest must not leave it.
      guard SQLText.fitsDeclaration(text) else { throw Unsayable() }
      return SQLText.literal(text)
    }
  }

  private func column(_ name: Expression.Name) throws -> String {
    var column = table.column(name.head)
    if column == nil, name.head == table.name, name.rest.count == 1,
      case .member(let member) = name.rest[0]
    {
      column = table.column(member)
    } else if !name.rest.isEmpty {
      throw Unsayable()
    }
    guard let column, column.collation == .binary else { throw Unsayable() }
    let quoted = SQLText.name(column.name)
    switch column.type {
    case .int, .double, .bool, .text, .date, .time, .uuid: return quoted
    // SQLite keeps decimals as texts, for their digits.
    case .decimal: return "CAST(\(quoted) AS NUMERIC)"
    // As texts they are not in the order of time where some have a fraction of a second.
    case .timestamp:
      if dialect == .postgres { return quoted }
      throw Unsayable()
    case .bytes, .json, .any: throw Unsayable()
    }
  }
}

extension ColumnSchema {
  /// What a column demands of its values beside its type, as conditions.
  var demands: [Expression] {
    let own = Expression.column(name)
    var all: [Expression] = []
    if let oneOf {
      let literals = oneOf.compactMap(\.expression)
      if literals.count == oneOf.count { all.append(.isIn(own, literals, negated: false)) }
    }
    if let least = min?.expression { all.append(.comparison(.greaterOrEqual, own, least)) }
    if let most = max?.expression { all.append(.comparison(.lessOrEqual, own, most)) }
    func length(_ how: Expression.Comparison, _ count: Int) -> Expression {
      .comparison(how, .call(.length, [own]), .literal(.number(NumberText(Int64(count)))))
    }
    if let minLength { all.append(length(.greaterOrEqual, minLength)) }
    if let maxLength { all.append(length(.lessOrEqual, maxLength)) }
    if let pattern { all.append(.like(pattern: pattern, column: name)) }
    return all
  }
}

extension SchemaConstant {
  fileprivate var expression: Expression? {
    switch self {
    case .text(let text): .literal(.text(text))
    case .number(let text): NumberText(text).map { .literal(.number($0)) }
    case .bool(let bool): .literal(.bool(bool))
    case .json: nil
    }
  }
}
