import CareFS
import CareFSTestSupport

/// Questions whose answers engine and model give side by side.
enum SeedQuery {
  /// Asks one question.
  static func run(
    _ operation: SeedOperation, _ tx: Transaction, _ model: ModelDatabase
  ) throws {
    var values = SeedValues(operation.seed)
    let tables = model.schema.tables
    let table = tables[values.below(tables.count)]
    switch operation.kind {
    case .lookUp:
      let key = values.key(table.name)
      guard try tx.get(table.name, key: key)?.values == model.row(table.name, key: key) else {
        throw SeedFailure("\(table.name): a row is not what its key finds")
      }
    case .scan:
      let paths: [ModelPaths] = [.scan, .key, .index, .all]
      if let what = try model.difference(in: tx, by: paths[values.below(4)]) {
        throw SeedFailure(what)
      }
    case .filter: try filter(&values, tx, model)
    default: try order(&values, tx, model)
    }
  }

  /// A filter as the engine and as the model read it.
  private struct Filter {
    var table: String
    var text: String
    var order: [OrderTerm] = []
    var holds: ([String: Value]) -> Bool
  }

  private static func filter(
    _ values: inout SeedValues, _ tx: Transaction, _ model: ModelDatabase
  ) throws {
    let filter = some(&values)
    let table = try model.table(filter.table)
    let expected = table.rows.filter { _, row in
      filter.holds(
        Dictionary(uniqueKeysWithValues: zip(table.schema.columns.map(\.name), row)))
    }
    let expression = try Expression.parse(filter.text)
    let found = try tx.rows(filter.table, where: expression, order: filter.order)
    let counted = try tx.count(filter.table, where: expression)
    guard found.count == expected.count, counted == expected.count,
      found.allSatisfy({ expected[table.key(of: $0.values)] == $0.values })
    else {
      throw SeedFailure(
        "\(filter.table) where \(filter.text): \(found.count) rows (count says \(counted)), "
          + "\(expected.count) are expected; \(try tx.explain(filter.table, where: expression))")
    }
    try ordered(found, by: filter.order, table.schema)
  }

  private static func some(_ values: inout SeedValues) -> Filter {
    let low = Int64(values.below(50))
    let high = low + Int64(values.below(20))
    let ward = Int64(values.below(12))
    func int(_ value: Value?) -> Int64? {
      if case .int(let number)? = value { number } else { nil }
    }
    switch values.below(9) {
    case 0:
      return Filter(table: "people", text: "rank >= \(low) and rank < \(high)") {
        int($0["rank"]).map { $0 >= low && $0 < high } ?? false
      }
    case 1:
      return Filter(
        table: "people", text: "ward = \(ward) and rank > \(low)", order: ["-rank", "id"]
      ) { row in
        int(row["ward"]) == ward && (int(row["rank"]) ?? 0) > low
      }
    case 2:
      return Filter(table: "people", text: "email = '\(low % 30)@example.org'") {
        $0["email"] == .text("\(low % 30)@example.org")
      }
    case 3:
      let number = values.below(6)
      return Filter(table: "people", text: "doc.a = \(number)") { row in
        guard case .json(let json)? = row["doc"] else { return false }
        let text = String(decoding: json.bytes.prefix(24), as: UTF8.self)
        return text.hasPrefix("{\"a\":\(number),")
      }
    case 4:
      return Filter(
        table: "people", text: "rank > 25 and email > '2' and ward is null", order: ["email"]
      ) { row in
        guard case .text(let email)? = row["email"], row["ward"] == .null else { return false }
        return (int(row["rank"]) ?? 0) > 25 && email > "2"
      }
    case 5:
      return Filter(table: "people", text: "boss is not null or rank in (1, \(low))") { row in
        row["boss"] != .null || [1, low].contains(int(row["rank"]))
      }
    case 6:
      return Filter(table: "visits", text: "label = 'ZOË' and amount > '1.49'") { row in
        guard case .text(let label)? = row["label"], case .decimal(let amount)? = row["amount"]
        else { return false }
        return ["Zoë", "zoË"].contains(label) && ExactDecimal("1.49").map { amount > $0 } ?? false
      }
    case 7:
      return Filter(
        table: "visits", text: "person between \(ward) and \(ward + 9) and not (at = 2)",
        order: ["-person", "at"]
      ) { row in
        let person = int(row["person"]) ?? -1
        return person >= ward && person <= ward + 9 && int(row["at"]) != 2
      }
    default:
      return Filter(
        table: "wards", text: "score >= \(low % 8) or name = 'Y\u{308}'", order: ["score", "-id"]
      ) { row in
        (int(row["score"]) ?? -1) >= low % 8
          || row["name"] == .text("Y\u{308}") || row["name"] == .text("y\u{308}")
      }
    }
  }

  /// Some of a table's rows in an order: each must be the model's, and they must ascend.
  private static func order(
    _ values: inout SeedValues, _ tx: Transaction, _ model: ModelDatabase
  ) throws {
    let tables = model.schema.tables
    let table = try model.table(tables[values.below(tables.count)].name)
    let columns = table.schema.columns.filter { $0.type != .json && $0.type != .bytes }
    let terms = (0..<1 + values.below(2)).map { _ in
      OrderTerm(columns[values.below(columns.count)].name, descending: values.below(2) == 0)
    }
    let limit = values.below(3) == 0 ? nil : values.below(20)
    let offset = values.below(2) == 0 ? 0 : values.below(10)
    let found = try tx.rows(table.schema.name, order: terms, limit: limit, offset: offset)
    let expected = min(max(table.rows.count - offset, 0), limit ?? .max)
    guard found.count == expected,
      found.allSatisfy({ table.rows[table.key(of: $0.values)] == $0.values }),
      Set(found.map { table.key(of: $0.values) }).count == expected
    else {
      throw SeedFailure(
        "\(table.schema.name) by \(terms.map(\.name)), limit \(limit ?? -1), offset \(offset): "
          + "\(found.count) rows, \(expected) are expected")
    }
    try ordered(found, by: terms, table.schema)
  }

  private static func ordered(
    _ rows: [Row], by terms: [OrderTerm], _ table: TableSchema
  ) throws {
    for (first, second) in zip(rows, rows.dropFirst()) {
      for term in terms {
        guard let ordinal = table.ordinal(of: term.name),
          table.columns[ordinal].collation == .binary
        else { break }
        let a = first.values[ordinal]
        let b = second.values[ordinal]
        if term.descending ? precedes(a, b) : precedes(b, a) {
          throw SeedFailure("\(table.name) by \(term.name): rows are out of order")
        }
        if precedes(a, b) || precedes(b, a) { break }
      }
    }
  }

  private static func precedes(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.null, _): !b.isNull
    case (.int(let a), .int(let b)): a < b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.date(let a), .date(let b)): a < b
    case (.decimal(let a), .decimal(let b)): a < b
    default: false
    }
  }
}
