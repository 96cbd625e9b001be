/// SQLite with documents as text, and its JSON functions.
final class SQLiteDocuments: DocumentEngine, OnSQLite {
  let store: SQLiteStore
  private let insertDocument: SQLiteStatement
  private let documentByKey: SQLiteStatement
  private let pathOfDocument: SQLiteStatement

  init(directory: String, cacheBytes: Int) throws {
    store = try SQLiteStore(
      directory + "/documents.sqlite",
      tables: "CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
      cacheBytes: cacheBytes)
    insertDocument = try store.prepare("INSERT INTO documents VALUES (?, ?)")
    documentByKey = try store.prepare("SELECT body FROM documents WHERE id = ?")
    pathOfDocument = try store.prepare(
      "SELECT json_extract(body, ?) FROM documents WHERE id = ?")
  }

  func put(_ documents: ArraySlice<Document>) throws {
    try write {
      for document in documents {
        try document.text.withUnsafeBufferPointer { bytes in
          insertDocument.bind(1, document.id)
          insertDocument.bind(2, bytes)
          try insertDocument.run()
        }
      }
    }
  }

  func get(_ ids: [Int64], _ body: ([UInt8]) -> Void) throws {
    try read {
      for id in ids {
        documentByKey.bind(1, id)
        if try documentByKey.step() { body(Array(documentByKey.blob(0))) }
        documentByKey.reset()
      }
    }
  }

  func text(_ asked: [(id: Int64, path: String)]) throws -> [String] {
    try read {
      var found: [String] = []
      for (id, path) in asked {
        try withUTF8("$." + path) { path in
          pathOfDocument.bind(1, path)
          pathOfDocument.bind(2, id)
          if try pathOfDocument.step() { found.append(pathOfDocument.text(0)) }
          pathOfDocument.reset()
        }
      }
      return found
    }
  }
}
