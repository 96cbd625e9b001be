extension QueryPlan {
  /// The plan in words, one line per step.
  func explain(_ table: TablePlan) -> String {
    var lines: [String] = []
    let conditions = served.map(\.description).joined(separator: " and ")
    switch access {
    case .nothing: lines.append("\(table.schema.name): nothing can match")
    case .rows(let ranges):
      let isAll = ranges.count == 1 && ranges[0].lower.isEmpty && ranges[0].upper == nil
      lines.append(
        isAll
          ? "\(table.schema.name): scan of all rows"
          : "\(table.schema.name): primary key, \(conditions)")
    case .index(let index, _):
      lines.append(
        "\(table.schema.name): index \(table.indexes[index].name)"
          + (conditions.isEmpty ? "" : ", \(conditions)"))
    }
    if isReversed { lines[0] += ", backwards" }
    if let residual { lines.append("filter: \(residual)") }
    if let sort {
      let names = sort.map { term in
        let name = table.schema.columns[term.target.ordinal].name
        return (term.descending ? "-" : "") + name + (term.target.path?.suffix ?? "")
      }
      lines.append("sort: \(names.joined(separator: ", "))")
    }
    return lines.joined(separator: "\n")
  }
}
