import CareFS
import PageStore

/// A pair as CareFS keeps it.
private struct Pair: Record {
  var key: [UInt8]
  var value: [UInt8]

  typealias Key = PairKey

  static let schema = Schema<Pair>(
    "pairs", .key(\.key, "key"), .column(\.value, "value"))

  @inline(__always) init(_ source: PairSource) {
    key = Array(source.key)
    value = Array(source.value)
  }

  init(row: RecordRow) throws {
    key = try row.bytes(0)
    value = try row.bytes(1)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, bytes: key)
    try row.set(1, bytes: value)
  }
}

private struct PairKey: RecordKey {
  var bytes: [UInt8]

  func forEachColumn(_ body: (Value) throws -> Void) rethrows { try body(.bytes(bytes)) }

  static func readKey(_ row: RecordRow, _ columns: [Int]) throws -> PairKey {
    PairKey(bytes: try row.bytes(columns[0]))
  }
}

/// CareFS under pairs of bytes: a table of two columns.
final class CareFSPairs: PairEngine, OnCareFS {
  let store: CareFSStore

  convenience init(directory: String, cacheBytes: Int) throws {
    try self.init(directory: directory, cacheBytes: cacheBytes, fileSystem: nil)
  }

  /// One whose checkpoints do not come to an end, so that its log grows.
  static func keepingLog(directory: String, cacheBytes: Int) throws -> CareFSPairs {
    let files = StalledCheckpoints()
    let engine = try CareFSPairs(
      directory: directory, cacheBytes: cacheBytes, fileSystem: files)
    files.begin()
    return engine
  }

  private init(directory: String, cacheBytes: Int, fileSystem: (any FileSystem)?) throws {
    store = try CareFSStore(
      directory + "/pairs.carefs", [Pair.self], cacheBytes: cacheBytes, fileSystem: fileSystem)
  }

  func put(_ count: Int, _ source: PairSource) throws {
    try database().write { transaction in
      if count == 1 {
        source.next()
        try transaction.insert(Pair(source))
      } else {
        let pairs = (0..<count).lazy.map { _ in
          source.next()
          return Pair(source)
        }
        try transaction.insert(contentsOf: pairs)
      }
    }
  }

  func get(_ count: Int, _ source: PairSource) throws -> UInt64 {
    try database().read { transaction in
      var sum: UInt64 = 0
      for _ in 0..<count {
        source.next()
        if let pair = try transaction.get(Pair.self, PairKey(bytes: Array(source.key))) {
          sum += UInt64(pair.value[0])
        }
      }
      return sum
    }
  }

  func scan(_ count: Int, length: Int, _ source: PairSource) throws -> UInt64 {
    try database().read { transaction in
      var sum: UInt64 = 0
      for _ in 0..<count {
        source.next()
        try transaction.forEach(
          Pair.self, from: PairKey(bytes: Array(source.key)), limit: length
        ) { sum += UInt64(try $0.withBytes(1) { $0[0] }) }
      }
      return sum
    }
  }

  func remove(_ count: Int, _ source: PairSource) throws {
    try database().write { transaction in
      for _ in 0..<count {
        source.next()
        try transaction.delete(Pair.self, PairKey(bytes: Array(source.key)))
      }
    }
  }
}
