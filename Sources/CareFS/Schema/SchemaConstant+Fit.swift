extension SchemaConstant {
  /// Whether the constant can be read as a value of the type.
  func fits(_ type: ColumnType) -> Bool {
    switch (type, self) {
    case (.int, .number(let text)): Int64(text) != nil
    case (.double, .number(let text)): Double(text).map(\.isFinite) ?? false
    case (.bool, .bool), (.text, .text), (.bytes, .text), (.json, _), (.any, _): true
    case (.date, .text), (.time, .text), (.timestamp, .text), (.uuid, .text): true
    case (.decimal, .text), (.decimal, .number): true
    default: false
    }
  }
}

extension TableSchema {
  func validate(path: String, of column: ColumnSchema) throws {
    guard !path.isEmpty else {
      throw refused("the path into \"\(column.name)\" is empty", columns: [column.name])
    }
  }

  func validate(expression: String, _ what: String) throws {
    guard !expression.isEmpty else { throw refused("\(what) is empty") }
  }
}
