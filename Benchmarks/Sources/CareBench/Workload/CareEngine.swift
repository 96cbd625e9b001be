/// One storage engine under the care workload. Each call is one transaction unless it says
/// otherwise, and returns when the transaction is durable.
protocol CareEngine: AnyObject {
  static var name: String { get }
  /// Of how many lookups the engine does one: a slow one need not do all of them for its rate.
  static var lookupShare: Int { get }

  /// Opens the database in the folder, or makes one with its tables and indexes.
  init(directory: String, cacheBytes: Int) throws

  func insert(doctors: [Doctor]) throws
  func insert(patients: ArraySlice<Patient>) throws
  func insert(appointments: ArraySlice<Appointment>) throws
  /// Everything in one transaction, in the engine's fastest way.
  func insertAll(_ data: Dataset) throws

  /// Reads in one read transaction, every column into a struct.
  func get(keys: [Int64]) throws -> Checksum
  func get(doctors: [Int64]) throws -> Checksum
  func get(emails: [String]) throws -> Checksum
  func appointments(ofDoctors: [Int64]) throws -> Checksum
  func scanPatients() throws -> Checksum
  /// Visits every patient's status, birth day and name without making a struct.
  func visitPatients() throws -> Checksum
  /// Runs reads that have run once before, and fails where the engine counts that they did more than
  /// look at what was in memory.
  func warm(_ work: String, _ reads: () throws -> Void) throws

  func update(statuses: ArraySlice<(id: Int64, status: Int64)>) throws
  /// Deletes the patients and the appointments that refer to them.
  func delete(patients: ArraySlice<Int64>) throws

  /// Inserts each patient in a commit of its own, from as many tasks at once.
  func insertConcurrently(_ patients: [Patient], tasks: Int) async throws

  /// What another thread reads by; shares the cache when engines of this kind do.
  func reader() throws -> any CareEngine

  /// Brings everything into the main file and empties the log.
  func checkpoint() throws
  /// Waits until the engine's own threads rest, so that they do not slow the next engine.
  func settle() throws
  /// Verifies pages, indexes and references; false when the engine has no such thing.
  func check() throws -> Bool
  /// Rewrites the file without holes; false when the engine has no such thing.
  func compact() throws -> Bool
  func close() throws

  /// The contents as a whole and through the status and doctor indexes, not timed.
  func verification() throws -> Verification
}

extension CareEngine {
  static var lookupShare: Int { 1 }

  func settle() throws {}

  func warm(_ work: String, _ reads: () throws -> Void) throws { try reads() }
}

/// The state of a database, read by more than one way.
struct Verification: Equatable, Sendable {
  var patients = Checksum()
  var appointments = Checksum()
  /// Patients of each status, counted through the index.
  var statusCounts: [Int] = []
  /// Appointments of the first doctor, through the index.
  var firstDoctor = Checksum()
}

struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
