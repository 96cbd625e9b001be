/// SQLite through its C API: prepared statements, write-ahead log, foreign keys on.
final class SQLiteEngine: CareEngine, OnSQLite {
  private let directory: String
  private let cacheBytes: Int
  let store: SQLiteStore
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

  init(directory: String, cacheBytes: Int) throws {
    self.directory = directory
    self.cacheBytes = cacheBytes
    store = try SQLiteStore(
      directory + "/care.sqlite", tables: Self.tables, cacheBytes: cacheBytes)
    insertDoctor = try store.prepare("INSERT INTO doctors VALUES (?, ?, ?, ?)")
    insertPatient = try store.prepare("INSERT INTO patients VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertAppointment = try store.prepare(
      "INSERT INTO appointments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    doctorByKey = try store.prepare("SELECT * FROM doctors WHERE id = ?")
    patientByKey = try store.prepare("SELECT * FROM patients WHERE id = ?")
    patientByEmail = try store.prepare("SELECT * FROM patients WHERE email = ?")
    allPatients = try store.prepare("SELECT * FROM patients")
    visitedPatients = try store.prepare("SELECT status, born, name FROM patients NOT INDEXED")
    allAppointments = try store.prepare("SELECT * FROM appointments")
    appointmentsOfDoctor = try store.prepare("SELECT * FROM appointments WHERE doctor_id = ?")
    updateStatus = try store.prepare("UPDATE patients SET status = ? WHERE id = ?")
    deletePatient = try store.prepare("DELETE FROM patients WHERE id = ?")
    countStatus = try store.prepare("SELECT count(*) FROM patients WHERE status = ?")
  }

  /// A connection of its own.
  func reader() throws -> any CareEngine {
    try SQLiteEngine(directory: directory, cacheBytes: cacheBytes)
  }

  func check() throws -> Bool {
    let pages = try store.database.text("PRAGMA integrity_check")
    guard pages == "ok" else { throw BenchError("sqlite: \(pages)") }
    let references = try store.database.text("PRAGMA foreign_key_check")
    guard references.isEmpty else { throw BenchError("sqlite: \(references)") }
    return true
  }
}
