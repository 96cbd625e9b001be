/// SQLite under YCSB.
final class SQLiteMix: MixEngine, OnSQLite {
  let store: SQLiteStore
  private let insertRecord: SQLiteStatement
  private let recordByKey: SQLiteStatement
  private let recordsFrom: SQLiteStatement
  private let updates: [SQLiteStatement]
  private let paths = MixRecord.paths

  init(directory: String, cacheBytes: Int) throws {
    let names = (0..<MixRecord.fields).map { "field\($0)" }
    let columns = names.map { $0 + " TEXT NOT NULL" }.joined(separator: ", ")
    store = try SQLiteStore(
      directory + "/mix.sqlite",
      tables: """
        CREATE TABLE IF NOT EXISTS usertable (key TEXT PRIMARY KEY NOT NULL, \(columns))
        WITHOUT ROWID
        """, cacheBytes: cacheBytes)
    let marks = Array(repeating: "?", count: MixRecord.fields + 1).joined(separator: ", ")
    insertRecord = try store.prepare("INSERT INTO usertable VALUES (\(marks))")
    recordByKey = try store.prepare("SELECT * FROM usertable WHERE key = ?")
    recordsFrom = try store.prepare(
      "SELECT * FROM usertable WHERE key >= ? ORDER BY key LIMIT ?")
    let store = store
    updates = try names.map {
      try store.prepare("UPDATE usertable SET \($0) = ? WHERE key = ?")
    }
  }

  func insert(_ records: [MixRecord]) throws {
    try write { for record in records { try insert(record) } }
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
    try write {
      let length = try read(key)
      try update(key, field: field, text)
      return length
    }
  }

  @inline(__always) private func record(_ row: SQLiteStatement) -> MixRecord {
    MixRecord(
      key: row.text(0), field0: row.text(1), field1: row.text(2), field2: row.text(3),
      field3: row.text(4), field4: row.text(5), field5: row.text(6), field6: row.text(7),
      field7: row.text(8), field8: row.text(9), field9: row.text(10))
  }
}
