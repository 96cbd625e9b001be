import CSQLite

/// A prepared statement. Not for use from two threads at once.
final class SQLiteStatement {
  private let handle: OpaquePointer

  init(_ database: OpaquePointer, _ sql: String) throws {
    var made: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    guard sqlite3_prepare_v3(database, sql, -1, flags, &made, nil) == SQLITE_OK, let made else {
      throw BenchError("\(sql): \(String(cString: sqlite3_errmsg(database)))")
    }
    handle = made
  }

  deinit { sqlite3_finalize(handle) }

  @inline(__always) func bind(_ index: Int32, _ value: Int64) {
    sqlite3_bind_int64(handle, index, value)
  }

  /// The bytes must stay where they are until the statement has run.
  @inline(__always) func bind(_ index: Int32, _ text: UnsafeBufferPointer<UInt8>) {
    text.withMemoryRebound(to: CChar.self) {
      _ = sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), nil)
    }
  }

  /// The bytes must stay where they are until the statement has run.
  @inline(__always) func bind(_ index: Int32, blob: UnsafeRawBufferPointer) {
    sqlite3_bind_blob(handle, index, blob.baseAddress, Int32(blob.count), nil)
  }

  /// SQLite keeps a copy.
  func bind(_ index: Int32, copy text: String) {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    _ = withUTF8(text) { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), transient)
      }
    }
  }

  /// True when there is a row to read.
  @inline(__always) func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw BenchError(String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
    }
  }

  @inline(__always) func reset() { sqlite3_reset(handle) }

  @inline(__always) func run() throws {
    defer { reset() }
    while try step() {}
  }

  @inline(__always) func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  @inline(__always) func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The bytes of a blob or a text, valid until the next step.
  @inline(__always) func blob(_ column: Int32) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
  }

  @inline(__always) func textLength(_ column: Int32) -> Int {
    _ = sqlite3_column_text(handle, column)
    return Int(sqlite3_column_bytes(handle, column))
  }
}

/// One connection to one database.
final class SQLiteConnection {
  private let handle: OpaquePointer

  init(path: String) throws {
    var made: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(path, &made, flags, nil) == SQLITE_OK, let made else {
      throw BenchError("cannot open \(path)")
    }
    handle = made
  }

  deinit { sqlite3_close_v2(handle) }

  func prepare(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(handle, sql) }

  func execute(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw BenchError("\(sql): \(String(cString: sqlite3_errmsg(handle)))")
    }
  }

  /// The first column of the first row.
  func text(_ sql: String) throws -> String {
    let statement = try prepare(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.text(0) : ""
  }
}

/// Calls with the UTF-8 bytes of the strings, which are not copied when they are contiguous.
@inline(__always) func withUTF8<R>(
  _ text: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
) rethrows -> R {
  if let result = try text.utf8.withContiguousStorageIfAvailable(body) { return result }
  return try Array(text.utf8).withUnsafeBufferPointer(body)
}
