import CareFS

/// Primary keys given as arguments.
enum KeyText {
  /// The values of a key, one argument for each of its columns.
  static func values(_ words: [String], _ table: TableSchema) throws -> [Value] {
    let columns = table.primaryKey.joined(separator: ", ")
    guard words.count == table.primaryKey.count else {
      throw Failure(
        .usage,
        "\(table.name): the key is (\(columns)); "
          + "give \(Figures.count(table.primaryKey.count, "value")), not \(words.count)")
    }
    return try zip(words, table.primaryKey).map { word, name in
      guard let column = table.column(name) else { return .null }
      do throws(ValueTextError) {
        return try ValueText.parse(word, as: column.type)
      } catch {
        throw Failure(.refused, "\(table.name).\(name): \(error)")
      }
    }
  }

  /// That there is no row of a key.
  static func missing(_ words: [String], _ table: TableSchema) -> Failure {
    let columns = table.primaryKey.joined(separator: ", ")
    return Failure(
      .refused,
      "\(table.name): there is no row with (\(columns)) = "
        + "(\(words.joined(separator: ", ")))")
  }

  /// A key as a JSON object.
  static func json(_ key: [Value], _ table: TableSchema) -> String {
    var report = JSONReport()
    for (name, value) in zip(table.primaryKey, key) {
      report.add(name, raw: ValueText.json(of: value))
    }
    return report.text
  }
}
