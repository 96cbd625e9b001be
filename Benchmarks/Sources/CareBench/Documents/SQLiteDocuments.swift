/// SQLite with documents as text, and its JSON functions.
final class SQLiteDocuments: DocumentEngine {
  static let name = "sqlite"

  private let database: SQLiteConnection
  private let begin: SQLiteStatement
  private let beginRead: SQLiteStatement
  private let commit: SQLiteStatement
  private let insertDocument: SQLiteStatement
  private let documentByKey: SQLiteStatement
  private let pathOfDocument: SQLiteStatement

  init(directory: String, cacheBytes: Int) throws {
    database = try SQLiteConnection(path: directory + "/documents.sqlite")
    try database.execute(SQLiteEngine.settings(cacheBytes: cacheBytes))
    try database.execute(
      "CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    begin = try database.prepare("BEGIN IMMEDIATE")
    beginRead = try database.prepare("BEGIN")
    commit = try database.prepare("COMMIT")
    insertDocument = try database.prepare("INSERT INTO documents VALUES (?, ?)")
    documentByKey = try database.prepare("SELECT body FROM documents WHERE id = ?")
    pathOfDocument = try database.prepare(
      "SELECT json_extract(body, ?) FROM documents WHERE id = ?")
  }

  func put(_ documents: ArraySlice<Document>) throws {
    try begin.run()
    for document in documents {
      try document.text.withUnsafeBufferPointer { bytes in
        insertDocument.bind(1, document.id)
        insertDocument.bind(2, bytes)
        try insertDocument.run()
      }
    }
    try commit.run()
  }

  func get(_ ids: [Int64], _ body: ([UInt8]) -> Void) throws {
    try beginRead.run()
    for id in ids {
      documentByKey.bind(1, id)
      if try documentByKey.step() { body(Array(documentByKey.blob(0))) }
      documentByKey.reset()
    }
    try commit.run()
  }

  func text(_ asked: [(id: Int64, path: String)]) throws -> [String] {
    try beginRead.run()
    var found: [String] = []
    for (id, path) in asked {
      try withUTF8("$." + path) { path in
        pathOfDocument.bind(1, path)
        pathOfDocument.bind(2, id)
        if try pathOfDocument.step() { found.append(pathOfDocument.text(0)) }
        pathOfDocument.reset()
      }
    }
    try commit.run()
    return found
  }

  func checkpoint() throws { try database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  func close() throws { try checkpoint() }
}
