import CLMDB
import Foundation

/// Throws what an LMDB call returned, unless it went well.
@inline(__always) func checked(_ code: Int32, _ what: StaticString) throws {
  guard code == MDB_SUCCESS else {
    throw BenchError("lmdb \(what): \(String(cString: mdb_strerror(code)))")
  }
}

/// A table of LMDB: its handle.
typealias LMDBTable = MDB_dbi

/// An LMDB environment: one memory-mapped file.
final class LMDBEnvironment {
  private let handle: OpaquePointer

  init(path: String, mapBytes: Int) throws {
    var made: OpaquePointer?
    try checked(mdb_env_create(&made), "create")
    guard let made else { throw BenchError("lmdb create") }
    handle = made
    try checked(mdb_env_set_mapsize(made, mapBytes), "map size")
    try checked(mdb_env_set_maxdbs(made, 16), "tables")
    try checked(mdb_env_open(made, path, UInt32(MDB_NOSUBDIR), 0o600), "open")
  }

  deinit { mdb_env_close(handle) }

  /// A write transaction; committed, and on disk, when the body returns.
  func write<R>(_ body: (LMDBTransaction) throws -> R) throws -> R {
    var made: OpaquePointer?
    try checked(mdb_txn_begin(handle, nil, 0, &made), "begin")
    guard let made else { throw BenchError("lmdb begin") }
    let result: R
    do {
      result = try body(LMDBTransaction(made))
    } catch {
      mdb_txn_abort(made)
      throw error
    }
    try checked(mdb_txn_commit(made), "commit")
    return result
  }

  func read<R>(_ body: (LMDBTransaction) throws -> R) throws -> R {
    var made: OpaquePointer?
    try checked(mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &made), "begin")
    guard let made else { throw BenchError("lmdb begin") }
    defer { mdb_txn_abort(made) }
    return try body(LMDBTransaction(made))
  }

  /// Copies the environment without its holes, syncs the copy and renames it over the old file; the
  /// environment must be opened anew.
  func copyInPlace(_ path: String) throws {
    let copy = path + ".copy"
    try checked(mdb_env_copy2(handle, copy, UInt32(MDB_CP_COMPACT)), "copy")
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: copy))
    try file.synchronize()
    try file.close()
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: copy, toPath: path)
  }

  func sync() throws { try checked(mdb_env_sync(handle, 1), "sync") }
}

/// A transaction, valid within the closure that it was given to.
struct LMDBTransaction {
  let handle: OpaquePointer
  init(_ handle: OpaquePointer) { self.handle = handle }

  func table(_ name: String, flags: Int32) throws -> LMDBTable {
    var table = LMDBTable()
    try checked(mdb_dbi_open(handle, name, UInt32(flags | MDB_CREATE), &table), "table")
    return table
  }

  /// The value of a key; valid until the transaction ends or writes.
  @inline(__always)
  func get(_ table: LMDBTable, _ key: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
    var keyed = MDB_val(key)
    var value = MDB_val()
    let code = mdb_get(handle, table, &keyed, &value)
    if code == MDB_NOTFOUND { return nil }
    try checked(code, "get")
    return UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
  }

  @inline(__always)
  func get(_ table: LMDBTable, _ key: Int64) throws -> UnsafeRawBufferPointer? {
    var number = key
    return try withUnsafeBytes(of: &number) { try get(table, $0) }
  }

  @inline(__always)
  func put(
    _ table: LMDBTable, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    flags: Int32 = 0
  ) throws {
    var keyed = MDB_val(key)
    var valued = MDB_val(value)
    try checked(mdb_put(handle, table, &keyed, &valued, UInt32(flags)), "put")
  }

  @inline(__always)
  func put(
    _ table: LMDBTable, _ key: Int64, _ value: UnsafeRawBufferPointer, flags: Int32 = 0
  ) throws {
    var number = key
    try withUnsafeBytes(of: &number) { try put(table, $0, value, flags: flags) }
  }

  /// Adds a pair of an index: many rows may have one key.
  @inline(__always)
  func add(_ table: LMDBTable, _ key: UnsafeRawBufferPointer, row: Int64) throws {
    var number = row
    try withUnsafeBytes(of: &number) { try put(table, key, $0) }
  }

  @inline(__always)
  func add(_ table: LMDBTable, _ key: Int64, row: Int64) throws {
    var number = key
    try withUnsafeBytes(of: &number) { try add(table, $0, row: row) }
  }

  /// Removes one pair of an index.
  @inline(__always)
  func remove(_ table: LMDBTable, _ key: UnsafeRawBufferPointer, row: Int64) throws {
    var number = row
    try withUnsafeBytes(of: &number) { bytes in
      var keyed = MDB_val(key)
      var valued = MDB_val(bytes)
      try checked(mdb_del(handle, table, &keyed, &valued), "delete")
    }
  }

  @inline(__always)
  func remove(_ table: LMDBTable, _ key: Int64, row: Int64) throws {
    var number = key
    try withUnsafeBytes(of: &number) { try remove(table, $0, row: row) }
  }

  /// Removes a key with its only value.
  @inline(__always)
  func remove(_ table: LMDBTable, _ key: UnsafeRawBufferPointer) throws {
    var keyed = MDB_val(key)
    try checked(mdb_del(handle, table, &keyed, nil), "delete")
  }

  @inline(__always)
  func remove(_ table: LMDBTable, _ key: Int64) throws {
    var number = key
    try withUnsafeBytes(of: &number) { try remove(table, $0) }
  }
}

extension MDB_val {
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }
}
