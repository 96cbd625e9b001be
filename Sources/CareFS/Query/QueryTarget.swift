/// What a name in a query stands for: a column, perhaps with a path into its JSON.
struct QueryTarget: Hashable, Sendable {
  var ordinal: Int
  var path: JSONPath?
}

extension TablePlan {
  /// What a name stands for; nil when it is no column of this table. A column wins over a table
  /// of the same name.
  func target(_ name: Expression.Name) -> QueryTarget? {
    if let ordinal = shape.position(of: name.head) {
      if name.rest.isEmpty { return QueryTarget(ordinal: ordinal) }
      if types[ordinal] == .json || types[ordinal] == .any {
        return (try? JSONPath(name.rest)).map { QueryTarget(ordinal: ordinal, path: $0) }
      }
    }
    guard name.head == schema.name, case .member(let column)? = name.rest.first,
      let ordinal = shape.position(of: column)
    else { return nil }
    let rest = Array(name.rest.dropFirst())
    if rest.isEmpty { return QueryTarget(ordinal: ordinal) }
    return (try? JSONPath(rest)).map { QueryTarget(ordinal: ordinal, path: $0) }
  }

  /// What a term of an order stands for.
  func target(_ term: OrderTerm) throws -> QueryTarget {
    if let ordinal = shape.position(of: term.name) { return QueryTarget(ordinal: ordinal) }
    if case .name(let name)? = try? Expression.parse(term.name), let target = target(name) {
      return target
    }
    throw DatabaseError(
      .notFound, "\(schema.name).\(term.name): there is no such column to order by",
      table: schema.name, columns: [term.name])
  }
}
