extension DatabaseSchema {
  /// The schema as canonical JSON: members in a fixed order, those with their usual value left
  /// out, one entry a line, a line end at the end.
  public var json: String { schemaJSON.pretty }

  var schemaJSON: SchemaJSON {
    .object([.init("tables", .array(tables.map { .object($0.members) }))])
  }
}

extension TableSchema {
  /// The table as canonical JSON.
  public var json: String { SchemaJSON.object(members).pretty }

  var members: [SchemaJSON.Member] {
    var members: [SchemaJSON.Member] = [
      .init("name", .string(name)),
      .init("columns", .array(columns.map { .object($0.members) })),
      .init("primaryKey", .array(primaryKey.map { .string($0) })),
    ]
    func add(_ name: String, _ items: [[SchemaJSON.Member]]) {
      if !items.isEmpty { members.append(.init(name, .array(items.map { .object($0) }))) }
    }
    add("unique", unique.map(\.members))
    add("indexes", indexes.map(\.members))
    add("foreignKeys", foreignKeys.map(\.members))
    add("checks", checks.map(\.members))
    return members
  }
}

/// Collects members, leaving out those with their usual value.
struct SchemaMembers {
  private(set) var all: [SchemaJSON.Member] = []

  mutating func add(_ name: String, _ value: SchemaJSON?) {
    if let value { all.append(.init(name, value)) }
  }

  mutating func add(_ name: String, text: String?) { add(name, text.map { .string($0) }) }
  mutating func add(_ name: String, flag: Bool) { add(name, flag ? .bool(true) : nil) }
  mutating func add(_ name: String, count: Int?) {
    add(name, count.map { .number(String($0)) })
  }
}

extension ColumnSchema {
  var members: [SchemaJSON.Member] {
    var out = SchemaMembers()
    out.add("name", text: name)
    out.add("type", text: type.name)
    out.add("null", flag: nullable)
    out.add("autoincrement", flag: autoincrement)
    out.add("default", defaultValue?.schemaJSON)
    out.add("createdAt", flag: automatic == .createdAt)
    out.add("updatedAt", flag: automatic == .updatedAt)
    out.add("oneOf", oneOf.map { .array($0.map(\.schemaJSON)) })
    out.add("min", min?.schemaJSON)
    out.add("max", max?.schemaJSON)
    out.add("minLength", count: minLength)
    out.add("maxLength", count: maxLength)
    out.add("pattern", text: pattern)
    out.add("collation", text: collation == .binary ? nil : collation.name)
    return out.all
  }
}

extension DefaultValue {
  var schemaJSON: SchemaJSON {
    switch self {
    case .constant(let constant): constant.schemaJSON
    case .now: .object([.init("now", .bool(true))])
    case .today: .object([.init("today", .bool(true))])
    case .uuid: .object([.init("uuid", .bool(true))])
    }
  }
}

extension UniqueSchema {
  var members: [SchemaJSON.Member] {
    var out = SchemaMembers()
    out.add("name", text: name)
    out.add("columns", .array(columns.map { .string($0.text) }))
    return out.all
  }
}

extension IndexSchema {
  var members: [SchemaJSON.Member] {
    var out = SchemaMembers()
    out.add("name", text: name)
    out.add("columns", .array(columns.map { .string($0.text) }))
    out.add("path", text: path)
    out.add("where", text: condition)
    return out.all
  }
}

extension ForeignKeySchema {
  var members: [SchemaJSON.Member] {
    var out = SchemaMembers()
    out.add("name", text: name)
    out.add("columns", .array(columns.map { .string($0) }))
    out.add("references", text: references)
    out.add("referencedColumns", referencedColumns.map { .array($0.map { .string($0) }) })
    out.add("onDelete", text: onDelete.rawValue)
    out.add("deferred", flag: deferred)
    return out.all
  }
}

extension CheckSchema {
  var members: [SchemaJSON.Member] {
    [.init("name", .string(name)), .init("expression", .string(expression))]
  }
}
