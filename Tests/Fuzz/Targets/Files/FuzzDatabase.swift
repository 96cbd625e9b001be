import CareFS
import CareFSTestSupport
import PageStore
import Synchronization

/// A database in ``FuzzFiles``, and what every target does with one.
enum FuzzDatabase {
  static let path = "f.carefs"
  static let log = "f.carefs-wal"

  /// Small pages and segments, the caller's thread alone, and the numbers that the files give.
  static func options(_ files: FuzzFiles, readOnly: Bool = false) -> DatabaseOptions {
    options(files, random: files.random, readOnly: readOnly)
  }

  /// The same on other files.
  static func options(
    _ files: any FileSystem, random: FuzzRandom, readOnly: Bool = false
  ) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.pageSize = 4096
    options.cacheBytes = 32 * 4096
    options.lockTimeoutMilliseconds = 0
    options.fileSystem = files
    options.readOnly = readOnly
    options.tuning = { pager in
      pager.segmentSize = 16 << 10
      pager.hasBackgroundCheckpoints = false
      pager.random = { random.next() }
      pager.clock = { 1_700_000_000_000_000 }
    }
    return options
  }

  /// Reads every value of every row, forwards.
  static func scan(_ database: Database) throws {
    try database.read { tx in
      for table in database.schema.tables {
        try tx.scan(table.name) { row in
          _ = try row.values()
          return true
        }
      }
    }
  }

  /// Deletes the first row of each table with all that hangs on it, and puts it back.
  static func change(_ database: Database) throws {
    for table in database.schema.tables {
      try database.write { tx in
        var first: Row?
        try tx.scan(table.name, limit: 1) { row in
          first = try row.row()
          return false
        }
        guard let first else { return }
        let key = table.primaryKey.map { first[$0] ?? .null }
        _ = try tx.delete(from: table.name, key: key)
        let values = zip(first.columns, first.values).map { ($0, $1) }
        do {
          try tx.insert(into: table.name, Dictionary(values) { $1 })
        } catch let error as DatabaseError where error.code == .foreignKeyViolation {
          // The row referred to what went with it.
        }
      }
    }
  }

  /// Whether everything in the file agrees. Then all of it can be read.
  static func isSound(_ database: Database) throws -> Bool {
    guard try database.check().isSound else {
      try? scan(database)
      return false
    }
    do { try scan(database) } catch {
      throw FuzzFinding("check finds nothing, but a scan says: \(error)")
    }
    return true
  }
}

/// Numbers that a seed decides and that never begin anew: no two incarnations of a log may have one
/// salt.
final class FuzzRandom: Sendable {
  private let state: Mutex<SeededRandom>
  init(_ seed: UInt64) { state = Mutex(SeededRandom(seed)) }
  func next() -> UInt64 { state.withLock { $0.next() } }
}
