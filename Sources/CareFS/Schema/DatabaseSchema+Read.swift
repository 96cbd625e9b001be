extension DatabaseSchema {
  /// Reads a schema from its JSON text. Unknown members, wrong types of members and duplicate
  /// names are refused with the place where they stand; see also ``validate()``.
  public init(parsing json: String) throws {
    try self.init(try SchemaJSON.parse(json))
  }

  /// Reads a schema from JSON bytes.
  public init(parsing bytes: [UInt8]) throws {
    try self.init(try SchemaJSON.parse(bytes: bytes))
  }

  init(_ json: SchemaJSON) throws {
    var reader = try SchemaReader(json, place: "the whole")
    guard let tables = try reader.list("tables") else {
      throw reader.failure("\"tables\" is missing")
    }
    try reader.finish()
    self.init(
      try tables.enumerated().map { index, table in
        var reader = try SchemaReader(table, place: "table \(index + 1)")
        let schema = try TableSchema(&reader)
        try reader.finish()
        return schema
      })
  }
}

extension TableSchema {
  /// Reads a table's members; the caller decides about unknown ones.
  init(_ reader: inout SchemaReader) throws {
    let name = try reader.required("name")
    let place = "table \"\(name)\""
    let isLenient = reader.isLenient
    func each<T>(
      _ items: [SchemaJSON]?, _ what: String, _ read: (inout SchemaReader) throws -> T
    ) throws -> [T] {
      try (items ?? []).enumerated().map { index, item in
        var title = "\(what) \(index + 1)"
        if case .string(let text)? = item["name"] { title = "\(what) \"\(text)\"" }
        var reader = try SchemaReader(
          item, place: "\(place), \(title)", isLenient: isLenient)
        let value = try read(&reader)
        try reader.finish()
        return value
      }
    }
    guard let columns = try reader.list("columns") else {
      throw DatabaseError(.schemaMismatch, "schema: \(place): \"columns\" is missing")
    }
    self.init(
      name,
      columns: try each(columns, "column") { try ColumnSchema(&$0) },
      primaryKey: try reader.requiredTexts("primaryKey"),
      unique: try each(try reader.list("unique"), "unique") { try UniqueSchema(&$0) },
      indexes: try each(try reader.list("indexes"), "index") { try IndexSchema(&$0) },
      foreignKeys: try each(try reader.list("foreignKeys"), "foreign key") {
        try ForeignKeySchema(&$0)
      },
      checks: [])
    for (index, item) in (try reader.list("checks") ?? []).enumerated() {
      var reader = try SchemaReader(
        item, place: "\(place), check \(index + 1)", isLenient: isLenient)
      let check = CheckSchema(
        try reader.text("name") ?? "check\(index + 1)", try reader.required("expression"))
      try reader.finish()
      checks.append(check)
    }
  }
}

extension ColumnSchema {
  init(_ reader: inout SchemaReader) throws {
    let name = try reader.required("name")
    let typeName = try reader.required("type")
    guard let type = ColumnType.allCases.first(where: { $0.name == typeName }) else {
      let names = ColumnType.allCases.map(\.name).joined(separator: ", ")
      throw reader.failure("unknown type \"\(typeName)\"; the types are \(names)")
    }
    self.init(name, type, null: try reader.flag("null"))
    autoincrement = try reader.flag("autoincrement")
    if let value = reader.optional("default") {
      defaultValue = try DefaultValue(value, type: type, reader)
    }
    let created = try reader.flag("createdAt")
    let updated = try reader.flag("updatedAt")
    if created && updated { throw reader.failure("createdAt and updatedAt exclude each other") }
    automatic = created ? .createdAt : updated ? .updatedAt : nil
    oneOf = try reader.list("oneOf")?.map { item in
      guard let constant = SchemaConstant(item) else {
        throw reader.failure("\"oneOf\" must hold constants, not \(item.kindName)")
      }
      return constant
    }
    min = try reader.constant("min")
    max = try reader.constant("max")
    minLength = try reader.count("minLength")
    maxLength = try reader.count("maxLength")
    pattern = try reader.text("pattern")
    if let text = try reader.text("collation") {
      guard let collation = Collation.allCases.first(where: { $0.name == text }) else {
        let names = Collation.allCases.map(\.name).joined(separator: ", ")
        throw reader.failure("unknown collation \"\(text)\"; there are \(names)")
      }
      self.collation = collation
    }
  }
}

extension DefaultValue {
  init(_ value: SchemaJSON, type: ColumnType, _ reader: SchemaReader) throws {
    if case .object(let members) = value, type != .json, type != .any {
      guard members.count == 1, case .bool(true) = members[0].value else {
        throw reader.failure("\"default\" must be a constant, or {\"now\": true} or the like")
      }
      switch members[0].name {
      case "now": self = .now
      case "today": self = .today
      case "uuid": self = .uuid
      default:
        throw reader.failure(
          "unknown default \"\(members[0].name)\"; there are now, today and uuid")
      }
      return
    }
    guard let constant = SchemaConstant(value) else {
      throw reader.failure("\"default\" must be a constant")
    }
    self = .constant(constant)
  }
}

extension IndexColumn {
  init(_ value: SchemaJSON, _ reader: SchemaReader) throws {
    guard case .string(let text) = value else {
      throw reader.failure("\"columns\" must hold names, descending ones as \"-name\"")
    }
    self.init(text: text)
  }
}

extension UniqueSchema {
  init(_ reader: inout SchemaReader) throws {
    guard let columns = try reader.list("columns") else {
      throw reader.failure("\"columns\" is missing")
    }
    let taken = reader
    self.init(
      try columns.map { try IndexColumn($0, taken) }, name: try reader.text("name"))
  }
}

extension IndexSchema {
  init(_ reader: inout SchemaReader) throws {
    guard let columns = try reader.list("columns") else {
      throw reader.failure("\"columns\" is missing")
    }
    let taken = reader
    self.init(
      try columns.map { try IndexColumn($0, taken) }, path: try reader.text("path"),
      where: try reader.text("where"), name: try reader.text("name"))
  }
}

extension ForeignKeySchema {
  init(_ reader: inout SchemaReader) throws {
    let columns = try reader.requiredTexts("columns")
    let references = try reader.required("references")
    var action = DeleteAction.restrict
    if let text = try reader.text("onDelete") {
      guard let known = DeleteAction(rawValue: text) else {
        let names = DeleteAction.allCases.map(\.rawValue).joined(separator: ", ")
        throw reader.failure("unknown onDelete \"\(text)\"; there are \(names)")
      }
      action = known
    }
    self.init(
      columns, references: references, referencedColumns: try reader.texts("referencedColumns"),
      onDelete: action, deferred: try reader.flag("deferred"), name: try reader.text("name"))
  }
}
