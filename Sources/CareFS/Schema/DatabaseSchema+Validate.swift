extension DatabaseSchema {
  /// Refuses a schema that contradicts itself: duplicate or unknown names, keys that may be null,
  /// references whose types do not match, constants, checks and conditions that do not fit their
  /// columns, and required references in a circle that no row could ever satisfy.
  public func validate() throws {
    guard tables.count <= SchemaLimits.tables else {
      throw DatabaseError(
        .tooLarge, "schema: more than \(SchemaLimits.tables) tables; use fewer")
    }
    var names: Set<String> = []
    for table in tables {
      try table.validateName(table.name, "a table's name")
      guard names.insert(table.name).inserted else {
        throw table.refused("there are two tables of this name")
      }
      try table.validateColumns()
      try table.validatePrimaryKey()
      try table.validateIndexes()
      try table.validateChecks()
    }
    for table in tables { try validateForeignKeys(of: table) }
    try refuseRequiredCycles()
  }

  /// References between different tables whose columns may not be null and which are checked at
  /// the end of each statement: in a circle, no first row could ever be inserted.
  func refuseRequiredCycles() throws {
    var position: [String: Int] = [:]
    for (index, table) in tables.enumerated() { position[table.name] = index }
    let required: [[Int]] = tables.map { table in
      table.foreignKeys.compactMap { key in
        guard !key.deferred, key.references != table.name,
          key.columns.allSatisfy({ table.column($0)?.nullable == false })
        else { return nil }
        return position[key.references]
      }
    }
    // Tables whose required references are all satisfiable are taken away until none is left.
    var waiting = required.map { Set($0).count }
    var referrers: [[Int]] = Array(repeating: [], count: tables.count)
    for (index, targets) in required.enumerated() {
      for target in Set(targets) { referrers[target].append(index) }
    }
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    while let done = ready.popLast() {
      for referrer in referrers[done] {
        waiting[referrer] -= 1
        if waiting[referrer] == 0 { ready.append(referrer) }
      }
    }
    guard let first = waiting.firstIndex(where: { $0 > 0 }) else { return }
    var path = [first]
    while true {
      guard let next = required[path[path.count - 1]].first(where: { waiting[$0] > 0 }) else {
        return
      }
      if let start = path.firstIndex(of: next) {
        let circle = (path[start...] + [next]).map { "\"\(tables[$0].name)\"" }
        throw DatabaseError(
          .schemaMismatch,
          "schema: the required references \(circle.joined(separator: " -> ")) form a circle, "
            + "so no first row could be inserted; let one of the columns be null, "
            + "or declare one reference \"deferred\": true", table: tables[next].name)
      }
      path.append(next)
    }
  }
}

extension TableSchema {
  func refused(_ what: String, columns: [String] = []) -> DatabaseError {
    DatabaseError(
      .schemaMismatch, "schema: table \"\(name)\": \(what)", table: name, columns: columns)
  }

  func validateName(_ text: String, _ what: String) throws {
    guard !text.isEmpty else { throw refused("\(what) is empty") }
    guard text.utf8.count <= SchemaLimits.nameBytes else {
      throw refused("\(what) is longer than \(SchemaLimits.nameBytes) bytes")
    }
    guard text.utf8.first != UInt8(ascii: "-"), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw refused("\(what), \"\(text)\", starts with - or holds a control character")
    }
  }

  func validateColumns() throws {
    guard !columns.isEmpty else { throw refused("it has no columns") }
    guard columns.count <= SchemaLimits.columns else {
      throw refused("it has more than \(SchemaLimits.columns) columns")
    }
    var names: Set<String> = []
    for column in columns {
      try validateName(column.name, "a column's name")
      guard names.insert(column.name).inserted else {
        throw refused("there are two columns \"\(column.name)\"", columns: [column.name])
      }
      try column.validate(in: self)
    }
  }

  /// The columns of a key, all known and different.
  func knownColumns(_ names: [String], _ what: String) throws -> [ColumnSchema] {
    guard !names.isEmpty else { throw refused("\(what) has no columns") }
    guard names.count <= SchemaLimits.keyColumns else {
      throw refused("\(what) has more than \(SchemaLimits.keyColumns) columns")
    }
    guard Set(names).count == names.count else {
      throw refused("\(what) names a column twice", columns: names)
    }
    return try names.map { name in
      guard let column = column(name) else {
        throw refused("\(what) names the unknown column \"\(name)\"", columns: [name])
      }
      return column
    }
  }

  func validatePrimaryKey() throws {
    for column in try knownColumns(primaryKey, "the primary key") {
      guard !column.nullable else {
        throw refused(
          "column \"\(column.name)\" of the primary key may be null; remove \"null\"",
          columns: [column.name])
      }
      guard column.type.isKeyable else {
        throw refused(
          "column \"\(column.name)\" of type \(column.type.name) cannot be in a primary key",
          columns: [column.name])
      }
    }
    for column in columns where column.autoincrement {
      guard primaryKey == [column.name], column.type == .int, column.defaultValue == nil else {
        throw refused(
          "\"autoincrement\" is for the single int column of a primary key, without a default; "
            + "\"\(column.name)\" is not that", columns: [column.name])
      }
    }
  }

  func validateIndexes() throws {
    guard unique.count + indexes.count <= SchemaLimits.indexes else {
      throw refused("it has more than \(SchemaLimits.indexes) indexes")
    }
    var names: Set<String> = []
    for constraint in unique {
      let title = name(of: constraint)
      try validateName(title, "an index's name")
      guard names.insert(title).inserted else {
        throw refused("there are two indexes \"\(title)\"; give one a \"name\"")
      }
      for column in try knownColumns(constraint.columns.map(\.name), "a unique constraint")
      where !column.type.isKeyable {
        throw refused(
          "column \"\(column.name)\" of type \(column.type.name) cannot be unique",
          columns: [column.name])
      }
    }
    for index in indexes {
      let title = name(of: index)
      try validateName(title, "an index's name")
      guard names.insert(title).inserted else {
        throw refused("there are two indexes \"\(title)\"; give one a \"name\"")
      }
      try validate(index)
    }
  }

  private func validate(_ index: IndexSchema) throws {
    let columns = try knownColumns(index.columns.map(\.name), "an index")
    if let path = index.path {
      guard columns.count == 1, columns[0].type == .json else {
        throw refused(
          "an index with a path needs exactly one column, of type json",
          columns: columns.map(\.name))
      }
      try validate(path: path, of: columns[0])
    } else if let column = columns.first(where: { !$0.type.isKeyable }) {
      throw refused(
        "column \"\(column.name)\" of type \(column.type.name) cannot be indexed"
          + (column.type == .json ? "; give the index a \"path\"" : ""), columns: [column.name])
    }
    if let condition = index.condition {
      try validate(
        expression: condition, "the \"where\" of index \"\(name(of: index))\"")
    }
  }

  func validateChecks() throws {
    var names: Set<String> = []
    for check in checks {
      try validateName(check.name, "a check's name")
      guard names.insert(check.name).inserted else {
        throw refused("there are two checks \"\(check.name)\"")
      }
      try validate(expression: check.expression, "check \"\(check.name)\"")
    }
  }
}

extension ColumnType {
  /// Whether values have an order, so that they can be in keys.
  var isKeyable: Bool { self != .json && self != .any }
}
