extension SQLSchemaBuilder {
  func addConstraints(
    of table: SQLTable, to made: inout TableSchema, _ all: [TableSchema], _ isSQLite: Bool,
    _ note: (Int, String) throws -> Void
  ) throws {
    for constraint in table.constraints {
      switch constraint.kind {
      case .primaryKey: break
      case .unique(let columns):
        let names = try names(columns, made, "a unique constraint", constraint.line)
        try add(UniqueSchema(names.map { IndexColumn($0) }, name: constraint.name), to: &made)
      case .check(let words):
        try addCheck(constraint, words, to: &made, isSQLite)
      case .reference(let reference):
        try add(reference, constraint, to: &made, all, note)
      }
    }
  }

  private func add(_ unique: UniqueSchema, to made: inout TableSchema) throws {
    // What the primary key or another constraint says already adds nothing.
    guard !made.hasKey(unique.columns.map(\.name)) else { return }
    made.unique.append(unique)
  }

  private func addCheck(
    _ constraint: SQLConstraint, _ words: [SQLWord], to made: inout TableSchema,
    _ isSQLite: Bool
  ) throws {
    let title = constraint.name.map { "check \"\($0)\"" } ?? "a check"
    let tree = try SQLCondition(table: made, isSQLite: isSQLite)
      .expression(words, what: "\(title) of table \"\(made.name)\"")
    let base = constraint.name ?? "\(made.name)_check"
    var name = base
    var count = 1
    while made.checks.contains(where: { $0.name == name }) {
      count += 1
      name = "\(base)_\(count)"
    }
    made.checks.append(CheckSchema(name, "\(tree)"))
  }

  private func add(
    _ reference: SQLReference, _ constraint: SQLConstraint, to made: inout TableSchema,
    _ all: [TableSchema], _ note: (Int, String) throws -> Void
  ) throws {
    let line = constraint.line
    var key = ForeignKeySchema(
      try reference.columns.map { try Self.name($0, made, line) }, references: reference.table,
      onDelete: reference.onDelete, deferred: reference.deferred, name: constraint.name)
    if let parent = all.first(where: { SQLName.isSame($0.name, reference.table) }) {
      key.references = parent.name
      key.referencedColumns = try reference.referenced?.map { try Self.name($0, parent, line) }
      if key.referencedColumns == parent.primaryKey { key.referencedColumns = nil }
    } else {
      key.referencedColumns = reference.referenced
    }
    if reference.followsUpdates {
      try note(
        line,
        "table \"\(made.name)\": ON UPDATE of the reference to \"\(key.references)\" is "
          + "left out: a key that is referred to cannot change here")
    }
    guard !made.foreignKeys.contains(where: { made.name(of: $0) == made.name(of: key) }) else {
      if made.foreignKeys.contains(key) { return }
      key.name = "\(made.name(of: key))_\(made.foreignKeys.count + 1)"
      made.foreignKeys.append(key)
      return
    }
    made.foreignKeys.append(key)
  }

  // MARK: Indexes

  func add(
    _ index: SQLIndex, to made: inout TableSchema, _ isSQLite: Bool,
    _ note: (Int, String) throws -> Void
  ) throws {
    let what = "index \"\(index.name)\" of table \"\(made.name)\""
    let reason = try obstacle(index, made)
    if index.isUnique {
      if index.condition != nil {
        throw FormatError(
          line: index.line, "\(what) is unique for some rows only, which cannot be kept")
      }
      if let reason {
        throw FormatError(line: index.line, "\(what) is unique \(reason), which cannot be kept")
      }
      let names = try names(index.columns, made, "an index", index.line)
      let columns = zip(names, index.columns).map { IndexColumn($0, descending: $1.descending) }
      return try add(UniqueSchema(columns, name: index.name), to: &made)
    }
    if let reason { return try note(index.line, "\(what) is \(reason) and is left out") }
    let names = try names(index.columns, made, "an index", index.line)
    let columns = zip(names, index.columns).map { IndexColumn($0, descending: $1.descending) }
    var condition: String?
    if let words = index.condition {
      do {
        condition = try SQLCondition(table: made, isSQLite: isSQLite)
          .expression(words, what: "the condition of \(what)").description
      } catch let error as FormatError {
        return try note(index.line, "\(what) is left out: \(error.reason)")
      }
    }
    made.indexes.append(IndexSchema(columns, where: condition, name: index.name))
  }

  /// Why an index cannot be one of the engine's; nil when it can.
  private func obstacle(_ index: SQLIndex, _ made: TableSchema) throws -> String? {
    for column in index.columns {
      guard let name = column.name else { return "on an expression" }
      guard let column = made.column(try Self.name(name, made, index.line)) else { continue }
      if !column.type.isKeyable { return "on a column of type \(column.type.name)" }
    }
    for item in index.columns {
      guard let collation = item.collation.map(SQLName.fold), let name = item.name,
        let column = made.column(try Self.name(name, made, index.line)), column.type == .text
      else { continue }
      if collation == "nocase" && column.collation != .nocase
        || collation == "binary" && column.collation != .binary || collation == "rtrim"
      {
        return "in another collation than its column"
      }
    }
    return nil
  }
}
