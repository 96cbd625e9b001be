/// SQLite under YCSB.
final class SQLiteMix: MixEngine {
  static let name = "sqlite"

  private let database: SQLiteConnection
  private let begin: SQLiteStatement
  private let commit: SQLiteStatement
  private let insertRecord: SQLiteStatement
  private let recordByKey: SQLiteStatement
  private let recordsFrom: SQLiteStatement
  private let updates: [SQLiteStatement]
  private let paths = MixRecord.paths

  init(directory: String, cacheBytes: Int) throws {
    database = try SQLiteConnection(path: directory + "/mix.sqlite")
    try database.execute(SQLiteEngine.settings(cacheBytes: cacheBytes))
    let names = (0..<MixRecord.fields).map { "field\($0)" }
    let columns = names.map { $0 + " TEXT NOT NULL" }.joined(separator: ", ")
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS usertable (key TEXT PRIMARY KEY NOT NULL, \(columns))
      WITHOUT ROWID
      """)
    begin = try database.prepare("BEGIN IMMEDIATE")
    commit = try database.prepare("COMMIT")
    let marks = Array(repeating: "?", count: MixRecord.fields + 1).joined(separator: ", ")
    insertRecord = try database.prepare("INSERT INTO usertable VALUES (\(marks))")
    recordByKey = try database.prepare("SELECT * FROM usertable WHERE key = ?")
    recordsFrom = try database.prepare(
      "SELECT * FROM usertable WHERE key >= ? ORDER BY key LIMIT ?")
    let database = database
    updates = try names.map {
      try database.prepare("UPDATE usertable SET \($0) = ? WHERE key = ?")
    }
  }

  func insert(_ records: [MixRecord]) throws {
    try begin.run()
    for record in records { try insert(record) }
    try commit.run()
  }

  private func insert(_ record: MixRecord) throws {
    insertRecord.bind(1, copy: record.key)
    for (place, path) in paths.enumerated() {
      insertRecord.bind(Int32(place + 2), copy: record[keyPath: path])
    }
    try insertRecord.run()
  }

  func read(_ key: String) throws -> Int {
    try withUTF8(key) { bytes in
      recordByKey.bind(1, bytes)
      defer { recordByKey.reset() }
      return try recordByKey.step() ? record(recordByKey).length : 0
    }
  }

  func update(_ key: String, field: Int, _ text: String) throws {
    let statement = updates[field]
    try withUTF8(key) { key in
      try withUTF8(text) { text in
        statement.bind(1, text)
        statement.bind(2, key)
        try statement.run()
      }
    }
  }

  func scan(_ key: String, count: Int) throws -> Int {
    try withUTF8(key) { bytes in
      recordsFrom.bind(1, bytes)
      recordsFrom.bind(2, Int64(count))
      defer { recordsFrom.reset() }
      var length = 0
      while try recordsFrom.step() { length += record(recordsFrom).length }
      return length
    }
  }

  func modify(_ key: String, field: Int, _ text: String) throws -> Int {
    try begin.run()
    let length = try read(key)
    try update(key, field: field, text)
    try commit.run()
    return length
  }

  func checkpoint() throws { try database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  func close() throws { try checkpoint() }

  @inline(__always) private func record(_ row: SQLiteStatement) -> MixRecord {
    MixRecord(
      key: row.text(0), field0: row.text(1), field1: row.text(2), field2: row.text(3),
      field3: row.text(4), field4: row.text(5), field5: row.text(6), field6: row.text(7),
      field7: row.text(8), field8: row.text(9), field9: row.text(10))
  }
}
