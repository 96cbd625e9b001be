import CareFS

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
final class CareFSPairs: PairEngine {
  static let name = "carefs"

  private let path: String
  private let options: DatabaseOptions
  private var opened: Database?

  init(directory: String, cacheBytes: Int) throws {
    path = directory + "/pairs.carefs"
    var options = DatabaseOptions()
    options.cacheBytes = cacheBytes
    self.options = options
    opened = try open()
  }

  private func open() throws -> Database {
    try Database(path: path, schema: DatabaseSchema([Pair.schema.table]), options: options)
  }

  private func database() throws -> Database {
    guard let opened else { throw BenchError("carefs is closed") }
    return opened
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
      let column = Expression.name(Expression.Name("key"))
      for _ in 0..<count {
        source.next()
        guard let key = Expression.Literal(.bytes(Array(source.key))) else { continue }
        try transaction.forEach(
          Pair.self, where: .comparison(.greaterOrEqual, column, .literal(key)), limit: length
        ) { row in
          sum += UInt64(try row.withBytes(1) { $0[0] })
        }
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

  /// Closing empties and removes the log.
  func checkpoint() throws {
    try close()
    opened = try open()
  }

  func compact() throws -> Bool {
    try close()
    _ = try Database.compact(path: path)
    opened = try open()
    return true
  }

  func close() throws {
    try opened?.close()
    opened = nil
  }
}
