extension TableSchema {
  func validate(path: String, of column: ColumnSchema) throws {
    do { _ = try JSONPath.parse(path) } catch {
      throw refused(
        "\"\(path)\" is not a path into column \"\(column.name)\"", columns: [column.name])
    }
  }

  func validate(expression: String, _ what: String) throws {
    do { _ = try bind(try Expression.parse(expression)) } catch {
      throw refused("\(what): \(error)")
    }
  }
}
