/// SQLite through its C API: prepared statements, write-ahead log, foreign keys on.
final class SQLiteEngine: CareEngine {
  static let name = "sqlite"

  private let directory: String
  private let cacheBytes: Int
  let database: SQLiteConnection
  let begin: SQLiteStatement
  let beginRead: SQLiteStatement
  let commit: SQLiteStatement
  let rollback: SQLiteStatement
  let insertDoctor: SQLiteStatement
  let insertPatient: SQLiteStatement
  let insertAppointment: SQLiteStatement
  let doctorByKey: SQLiteStatement
  let patientByKey: SQLiteStatement
  let patientByEmail: SQLiteStatement
  let allPatients: SQLiteStatement
  let visitedPatients: SQLiteStatement
  let allAppointments: SQLiteStatement
  let appointmentsOfDoctor: SQLiteStatement
  let updateStatus: SQLiteStatement
  let deletePatient: SQLiteStatement
  let countStatus: SQLiteStatement

  static let tables = """
    CREATE TABLE IF NOT EXISTS doctors (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, license TEXT NOT NULL,
      specialty TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS patients (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,
      phone TEXT NOT NULL, born INTEGER NOT NULL, gender TEXT NOT NULL, status INTEGER NOT NULL,
      address TEXT NOT NULL, created_at INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS patients_name ON patients (name);
    CREATE INDEX IF NOT EXISTS patients_phone ON patients (phone);
    CREATE INDEX IF NOT EXISTS patients_status ON patients (status);
    CREATE TABLE IF NOT EXISTS appointments (
      id INTEGER PRIMARY KEY,
      patient_id INTEGER NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
      doctor_id INTEGER NOT NULL REFERENCES doctors (id) ON DELETE CASCADE,
      date INTEGER NOT NULL, time INTEGER NOT NULL, duration INTEGER NOT NULL,
      type TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS appointments_date ON appointments (date);
    CREATE INDEX IF NOT EXISTS appointments_doctor ON appointments (doctor_id);
    CREATE INDEX IF NOT EXISTS appointments_patient ON appointments (patient_id);
    """

  /// The checkpoint step is larger than the default: measured faster at every load.
  static func settings(cacheBytes: Int) -> String {
    """
    PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA cache_size = -\(cacheBytes / 1024); PRAGMA mmap_size = 8589934592;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;
    """
  }

  init(directory: String, cacheBytes: Int) throws {
    self.directory = directory
    self.cacheBytes = cacheBytes
    database = try SQLiteConnection(path: directory + "/care.sqlite")
    try database.execute(Self.settings(cacheBytes: cacheBytes))
    try database.execute(Self.tables)
    begin = try database.prepare("BEGIN IMMEDIATE")
    beginRead = try database.prepare("BEGIN")
    commit = try database.prepare("COMMIT")
    rollback = try database.prepare("ROLLBACK")
    insertDoctor = try database.prepare("INSERT INTO doctors VALUES (?, ?, ?, ?)")
    insertPatient = try database.prepare("INSERT INTO patients VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertAppointment = try database.prepare(
      "INSERT INTO appointments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    doctorByKey = try database.prepare("SELECT * FROM doctors WHERE id = ?")
    patientByKey = try database.prepare("SELECT * FROM patients WHERE id = ?")
    patientByEmail = try database.prepare("SELECT * FROM patients WHERE email = ?")
    allPatients = try database.prepare("SELECT * FROM patients")
    visitedPatients = try database.prepare("SELECT status, born, name FROM patients NOT INDEXED")
    allAppointments = try database.prepare("SELECT * FROM appointments")
    appointmentsOfDoctor = try database.prepare("SELECT * FROM appointments WHERE doctor_id = ?")
    updateStatus = try database.prepare("UPDATE patients SET status = ? WHERE id = ?")
    deletePatient = try database.prepare("DELETE FROM patients WHERE id = ?")
    countStatus = try database.prepare("SELECT count(*) FROM patients WHERE status = ?")
  }

  func write<R>(_ body: () throws -> R) throws -> R {
    try begin.run()
    do {
      let result = try body()
      try commit.run()
      return result
    } catch {
      try? rollback.run()
      throw error
    }
  }

  func read<R>(_ body: () throws -> R) throws -> R {
    try beginRead.run()
    defer { try? commit.run() }
    return try body()
  }

  /// A connection of its own.
  func reader() throws -> any CareEngine {
    try SQLiteEngine(directory: directory, cacheBytes: cacheBytes)
  }

  func checkpoint() throws {
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  func check() throws -> Bool {
    let pages = try database.text("PRAGMA integrity_check")
    guard pages == "ok" else { throw BenchError("sqlite: \(pages)") }
    let references = try database.text("PRAGMA foreign_key_check")
    guard references.isEmpty else { throw BenchError("sqlite: \(references)") }
    return true
  }

  func compact() throws -> Bool {
    try database.execute("VACUUM")
    try checkpoint()
    return true
  }

  func close() throws {
    try checkpoint()
  }
}
