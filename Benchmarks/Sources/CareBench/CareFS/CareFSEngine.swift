import CareFS

/// CareFS through its typed records.
final class CareFSEngine: CareEngine {
  static let name = "carefs"

  private let path: String
  private let cacheBytes: Int
  private var opened: Database?

  init(directory: String, cacheBytes: Int) throws {
    path = directory + "/care.carefs"
    self.cacheBytes = cacheBytes
    opened = try Self.open(path, cacheBytes)
  }

  private static func open(_ path: String, _ cacheBytes: Int) throws -> Database {
    var options = DatabaseOptions()
    options.cacheBytes = cacheBytes
    return try Database(
      path: path,
      schema: DatabaseSchema([
        Doctor.schema.table, Patient.schema.table, Appointment.schema.table,
      ]), options: options)
  }

  func database() throws -> Database {
    guard let opened else { throw BenchError("carefs is closed") }
    return opened
  }

  /// Whether the cache has room for the file.
  func isWholeInMemory() -> Bool { Folders.bytes(ofFile: path) <= cacheBytes }

  /// A database serves all threads.
  func reader() throws -> any CareEngine { self }

  /// Closing empties and removes the log.
  func checkpoint() throws {
    try close()
    opened = try Self.open(path, cacheBytes)
  }

  func check() throws -> Bool {
    let report = try database().check()
    guard report.isSound else { throw BenchError("carefs: \(report.findings.prefix(3))") }
    return true
  }

  func compact() throws -> Bool {
    try close()
    _ = try Database.compact(path: path)
    opened = try Self.open(path, cacheBytes)
    return true
  }

  func close() throws {
    try opened?.close()
    opened = nil
  }
}
