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
final class CareFSDocuments: DocumentEngine, OnCareFS {
  let store: CareFSStore

  init(directory: String, cacheBytes: Int) throws {
    store = try CareFSStore(
      directory + "/documents.carefs", [StoredDocument.self], cacheBytes: cacheBytes)
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
}
