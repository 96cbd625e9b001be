import CLMDB

/// An environment of LMDB with the tables of a work.
final class LMDBStore<Tables> {
  private let path: String
  private let mapBytes: Int
  private let makeTables: (LMDBTransaction) throws -> Tables
  private var environment: LMDBEnvironment?
  private(set) var tables: Tables

  init(
    _ path: String, mapBytes: Int, _ makeTables: @escaping (LMDBTransaction) throws -> Tables
  ) throws {
    self.path = path
    self.mapBytes = mapBytes
    self.makeTables = makeTables
    let opened = try LMDBEnvironment(path: path, mapBytes: mapBytes)
    tables = try opened.write(makeTables)
    environment = opened
  }

  @inline(__always) func open() throws -> LMDBEnvironment {
    guard let environment else { throw BenchError("lmdb is closed") }
    return environment
  }

  /// Copies into a new file, syncs it and puts it in the old one's place.
  func compact() throws {
    try open().copyInPlace(path)
    environment = nil
    let opened = try LMDBEnvironment(path: path, mapBytes: mapBytes)
    tables = try opened.write(makeTables)
    environment = opened
  }

  func close() { environment = nil }
}

/// What works on an environment of LMDB.
protocol OnLMDB {
  associatedtype Tables
  var store: LMDBStore<Tables> { get }
}

extension OnLMDB {
  static var name: String { "lmdb" }

  @inline(__always) var tables: Tables { store.tables }

  @inline(__always) func open() throws -> LMDBEnvironment { try store.open() }

  func checkpoint() throws { try open().sync() }

  func compact() throws -> Bool {
    try store.compact()
    return true
  }

  func close() throws { store.close() }
}

extension OnLMDB where Tables == LMDBTable {
  /// The only one.
  @inline(__always) var table: LMDBTable { store.tables }
}
