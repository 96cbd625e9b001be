extension DatabaseSchema {
  func validateForeignKeys(of table: TableSchema) throws {
    guard table.foreignKeys.count <= SchemaLimits.foreignKeys else {
      throw table.refused("it has more than \(SchemaLimits.foreignKeys) references")
    }
    var names: Set<String> = []
    for key in table.foreignKeys {
      guard names.insert(table.name(of: key)).inserted else {
        throw table.refused(
          "there are two references \"\(table.name(of: key))\"; give one a \"name\"")
      }
      try validate(key, of: table)
    }
  }

  private func validate(_ key: ForeignKeySchema, of table: TableSchema) throws {
    let columns = try table.knownColumns(key.columns, "a foreign key")
    guard let parent = self.table(key.references) else {
      throw table.refused(
        "column \"\(key.columns[0])\" refers to the unknown table \"\(key.references)\"",
        columns: key.columns)
    }
    let targets = try parent.knownColumns(
      key.referencedColumns ?? parent.primaryKey, "the key that \"\(table.name)\" refers to")
    let names = targets.map(\.name)
    guard parent.hasKey(names) else {
      throw table.refused(
        "it refers to (\(names.joined(separator: ", "))) of \"\(parent.name)\", which is neither "
          + "its primary key nor unique", columns: key.columns)
    }
    guard columns.count == targets.count else {
      throw table.refused(
        "(\(key.columns.joined(separator: ", "))) has \(columns.count) columns, but the key of "
          + "\"\(parent.name)\" has \(targets.count)", columns: key.columns)
    }
    for (column, target) in zip(columns, targets) {
      guard column.type == target.type else {
        throw table.refused(
          "column \"\(column.name)\" is \(column.type.name), but "
            + "\"\(parent.name).\(target.name)\" to which it refers is \(target.type.name)",
          columns: [column.name])
      }
      guard column.collation == target.collation else {
        throw table.refused(
          "column \"\(column.name)\" and \"\(parent.name).\(target.name)\" to which it refers "
            + "differ in collation", columns: [column.name])
      }
      if key.onDelete == .setNull, !column.nullable {
        throw table.refused(
          "column \"\(column.name)\" refers with onDelete setNull but may not be null",
          columns: [column.name])
      }
      if key.onDelete == .setDefault, !column.nullable, column.defaultValue == nil {
        throw table.refused(
          "column \"\(column.name)\" refers with onDelete setDefault but has no default",
          columns: [column.name])
      }
    }
    if key.onDelete == .setNull || key.onDelete == .setDefault,
      let name = key.columns.first(where: { table.primaryKey.contains($0) })
    {
      throw table.refused(
        "column \"\(name)\" is in the primary key, so onDelete cannot be "
          + "\(key.onDelete.rawValue)", columns: [name])
    }
  }
}

extension TableSchema {
  /// Whether these columns, in any order, are the primary key or a unique constraint.
  func hasKey(_ names: [String]) -> Bool {
    let wanted = Set(names)
    return Set(primaryKey) == wanted
      || unique.contains { Set($0.columns.map(\.name)) == wanted }
  }
}
