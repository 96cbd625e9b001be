import CareFS
import PageStore

/// A database of CareFS: the defaults but for the size of the cache.
final class CareFSStore {
  let path: String
  private let records: [any Record.Type]
  private let options: DatabaseOptions
  private var opened: Database?

  /// - Parameter fileSystem: other files than the system's own.
  init(
    _ path: String, _ records: [any Record.Type], cacheBytes: Int,
    fileSystem: (any FileSystem)? = nil
  ) throws {
    self.path = path
    self.records = records
    var options = DatabaseOptions()
    options.cacheBytes = cacheBytes
    options.fileSystem = fileSystem
    self.options = options
    opened = try open()
  }

  private func open() throws -> Database {
    try Database(path: path, schema: records, options: options)
  }

  @inline(__always) func database() throws -> Database {
    guard let opened else { throw BenchError("carefs is closed") }
    return opened
  }

  /// Whether the cache has room for the file.
  var isWholeInMemory: Bool { Folders.bytes(ofFile: path) <= options.cacheBytes }

  /// Closing empties and removes the log.
  func checkpoint() throws {
    try close()
    opened = try open()
  }

  func compact() throws {
    try close()
    _ = try Database.compact(path: path)
    opened = try open()
  }

  func close() throws {
    try opened?.close()
    opened = nil
  }
}

/// What works on a database of CareFS.
protocol OnCareFS {
  var store: CareFSStore { get }
}

extension OnCareFS {
  static var name: String { "carefs" }

  @inline(__always) func database() throws -> Database { try store.database() }

  func checkpoint() throws { try store.checkpoint() }

  func compact() throws -> Bool {
    try store.compact()
    return true
  }

  func close() throws { try store.close() }
}
