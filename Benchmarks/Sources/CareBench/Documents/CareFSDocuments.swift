import CareFS

/// A document as CareFS keeps it.
private struct StoredDocument: Record {
  var id: Int64
  var body: JSON

  static let schema = Schema<StoredDocument>(
    "documents", .key(\.id, "id"), .column(\.body, "body"))

  /// JSON is checked before it is stored.
  init(_ document: Document) throws {
    id = document.id
    body = try JSON(validating: document.text)
  }

  init(row: RecordRow) throws {
    id = try row.get(0)
    body = try row.get(1)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, body)
  }
}

/// CareFS with documents in a JSON column.
final class CareFSDocuments: DocumentEngine {
  static let name = "carefs"

  private let path: String
  private let options: DatabaseOptions
  private var opened: Database?

  init(directory: String, cacheBytes: Int) throws {
    path = directory + "/documents.carefs"
    var options = DatabaseOptions()
    options.cacheBytes = cacheBytes
    self.options = options
    opened = try open()
  }

  private func open() throws -> Database {
    try Database(
      path: path, schema: DatabaseSchema([StoredDocument.schema.table]), options: options)
  }

  private func database() throws -> Database {
    guard let opened else { throw BenchError("carefs is closed") }
    return opened
  }

  func put(_ documents: ArraySlice<Document>) throws {
    try database().write { transaction in
      for document in documents { try transaction.insert(StoredDocument(document)) }
    }
  }

  func get(_ ids: [Int64], _ body: ([UInt8]) -> Void) throws {
    try database().read { transaction in
      for id in ids {
        if let document = try transaction.get(StoredDocument.self, id) { body(document.body.bytes) }
      }
    }
  }

  func text(_ asked: [(id: Int64, path: String)]) throws -> [String] {
    try database().read { transaction in
      var found: [String] = []
      for (id, path) in asked {
        let value = try transaction.json(
          StoredDocument.self, id, \.body, at: JSONPath.parse(path))
        if let text = value?.string { found.append(text) }
      }
      return found
    }
  }

  func checkpoint() throws {
    try close()
    opened = try open()
  }

  func close() throws {
    try opened?.close()
    opened = nil
  }
}
