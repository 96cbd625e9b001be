import CareFS

/// CareFS through its typed records.
final class CareFSEngine: CareEngine, OnCareFS {
  let store: CareFSStore

  init(directory: String, cacheBytes: Int) throws {
    store = try CareFSStore(
      directory + "/care.carefs", [Doctor.self, Patient.self, Appointment.self],
      cacheBytes: cacheBytes)
  }

  /// A database serves all threads.
  func reader() throws -> any CareEngine { self }

  func check() throws -> Bool {
    let report = try database().check()
    guard report.isSound else { throw BenchError("carefs: \(report.findings.prefix(3))") }
    return true
  }
}
