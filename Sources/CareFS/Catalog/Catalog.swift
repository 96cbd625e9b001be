import BTree
import PageStore

/// The schema as a file holds it, with the numbers and trees of its parts.
struct Catalog: Sendable {
  /// The tables, in the schema's order.
  var entries: [CatalogEntry]
  /// The number that the next table or index gets. Never goes back.
  var nextID: UInt32
  /// Grows with each change of the schema.
  var version: UInt64

  init() {
    entries = []
    nextID = CatalogKey.firstID
    version = 0
  }

  /// The schema.
  var schema: DatabaseSchema { DatabaseSchema(entries.map(\.schema)) }

  /// The catalog tree. Its root is the first page that a new file gives out.
  static let tree = Tree(id: CatalogKey.treeID, root: Pager.firstPage)

  /// Reads the catalog of a snapshot.
  static func load(_ pages: PageTransaction) throws -> Catalog {
    var catalog = Catalog()
    var order: [UInt32] = []
    var hash: UInt64?
    let cursor = tree.cursor(in: pages)
    defer { cursor.close() }
    var found = try cursor.seekFirst()
    while found {
      try cursor.loadValue()
      switch CatalogKey.Kind(rawValue: cursor.key.first ?? .max) {
      case .database:
        let json = try SchemaJSON.parse(bytes: Array(cursor.value))
        guard let next = json["nextId"]?.uint32, let ids = json["tables"]?.uint32s,
          let version = json["version"]?.uint64
        else { throw CatalogEntry.damaged("the entry of the database is not readable") }
        catalog.nextID = next
        catalog.version = version
        order = ids
        if case .string(let text)? = json["fingerprint"] {
          guard let number = UInt64(text, radix: 16) else {
            throw CatalogEntry.damaged("the fingerprint of the schema is not readable")
          }
          hash = number
        }
      case .table:
        catalog.entries.append(
          try CatalogEntry(try SchemaJSON.parse(bytes: Array(cursor.value))))
      case .counters, nil: break
      }
      found = try cursor.next()
    }
    try catalog.sort(by: order)
    guard hash == nil || hash == catalog.schema.fingerprint else {
      throw CatalogEntry.damaged("the schema does not match its fingerprint")
    }
    return catalog
  }

  /// Puts the entries into the order of the schema.
  private mutating func sort(by ids: [UInt32]) throws {
    var byID: [UInt32: CatalogEntry] = [:]
    for entry in entries { byID[entry.id] = entry }
    guard byID.count == ids.count, entries.count == ids.count else {
      throw CatalogEntry.damaged("a table is missing or stands twice")
    }
    entries = try ids.map { id in
      guard let entry = byID[id] else { throw CatalogEntry.damaged("table \(id) is missing") }
      return entry
    }
  }

  /// Writes the entry of the database and those of the given tables.
  func store(tables: [CatalogEntry], with editor: TreeEditor) throws {
    let json = SchemaJSON.object([
      .init("version", .number(String(version))),
      .init("nextId", .number(String(nextID))),
      .init("tables", .array(entries.map { .number(String($0.id)) })),
      .init("fingerprint", .string(String(schema.fingerprint, radix: 16))),
    ])
    try editor.put(CatalogKey.bytes(.database), json.compact)
    for entry in tables {
      try editor.put(CatalogKey.bytes(.table, entry.id), entry.schemaJSON.compact)
    }
  }
}

extension TreeEditor {
  /// Stores a text under a key, replacing what was there.
  fileprivate func put(_ key: [UInt8], _ text: String) throws {
    let bytes = Array(text.utf8)
    _ = try key.withUnsafeBytes { key in
      try bytes.withUnsafeBytes { try insert(key, $0, ifPresent: .replace) }
    }
  }
}

extension DatabaseSchema {
  /// A 64-bit fingerprint of the canonical JSON: FNV-1a over its compact form.
  public var fingerprint: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in schemaJSON.compact.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return hash
  }
}
