import CLMDB

/// A walk over a table or over the rows of one key of an index.
struct LMDBCursor {
  private let handle: OpaquePointer
  private(set) var key = MDB_val()
  private(set) var value = MDB_val()

  init(_ transaction: LMDBTransaction, _ table: LMDBTable) throws {
    var made: OpaquePointer?
    try checked(mdb_cursor_open(transaction.handle, table, &made), "cursor")
    guard let made else { throw BenchError("lmdb cursor") }
    handle = made
  }

  func close() { mdb_cursor_close(handle) }

  @inline(__always)
  mutating func move(_ operation: MDB_cursor_op) throws -> Bool {
    let code = mdb_cursor_get(handle, &key, &value, operation)
    if code == MDB_NOTFOUND { return false }
    try checked(code, "cursor")
    return true
  }

  /// Moves to the first pair at a key or behind it.
  @inline(__always)
  mutating func seek(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
    key = MDB_val(bytes)
    return try move(MDB_SET_RANGE)
  }

  /// Calls with each row of the index's key; the rows of a page come in one call to LMDB.
  mutating func forEachRow(of number: Int64, _ body: (Int64) throws -> Void) throws {
    var sought = number
    try withUnsafeMutableBytes(of: &sought) { bytes in
      key = MDB_val(UnsafeRawBufferPointer(bytes))
      guard try move(MDB_SET_KEY) else { return }
      guard try move(MDB_GET_MULTIPLE) else { return }
      repeat {
        let rows = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
        for offset in stride(from: 0, to: rows.count, by: 8) {
          try body(rows.loadUnaligned(fromByteOffset: offset, as: Int64.self))
        }
      } while try move(MDB_NEXT_MULTIPLE)
    }
  }

  /// How many rows have the index's key.
  mutating func count(of number: Int64) throws -> Int {
    var sought = number
    return try withUnsafeMutableBytes(of: &sought) { bytes in
      key = MDB_val(UnsafeRawBufferPointer(bytes))
      guard try move(MDB_SET_KEY) else { return 0 }
      var count = 0
      try checked(mdb_cursor_count(handle, &count), "count")
      return count
    }
  }
}
