import CLMDB

/// LMDB with tables, indexes and references kept by hand: what its users have to write.
final class LMDBEngine: CareEngine, OnLMDB {
  /// The tables of the environment.
  struct Tables {
    let doctors: LMDBTable
    let patients: LMDBTable
    let patientsByEmail: LMDBTable
    let patientsByName: LMDBTable
    let patientsByPhone: LMDBTable
    let patientsByStatus: LMDBTable
    let appointments: LMDBTable
    let appointmentsByDate: LMDBTable
    let appointmentsByDoctor: LMDBTable
    let appointmentsByPatient: LMDBTable

    init(_ transaction: LMDBTransaction) throws {
      let textIndex = MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP
      let numberIndex = textIndex | MDB_INTEGERKEY
      doctors = try transaction.table("doctors", flags: MDB_INTEGERKEY)
      patients = try transaction.table("patients", flags: MDB_INTEGERKEY)
      patientsByEmail = try transaction.table("patients_email", flags: 0)
      patientsByName = try transaction.table("patients_name", flags: textIndex)
      patientsByPhone = try transaction.table("patients_phone", flags: textIndex)
      patientsByStatus = try transaction.table("patients_status", flags: numberIndex)
      appointments = try transaction.table("appointments", flags: MDB_INTEGERKEY)
      appointmentsByDate = try transaction.table("appointments_date", flags: numberIndex)
      appointmentsByDoctor = try transaction.table("appointments_doctor", flags: numberIndex)
      appointmentsByPatient = try transaction.table("appointments_patient", flags: numberIndex)
    }
  }

  let store: LMDBStore<Tables>
  /// Where rows are put together.
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

  init(directory: String, cacheBytes: Int) throws {
    store = try LMDBStore(directory + "/care.lmdb", mapBytes: 4 << 30, Tables.init)
  }

  /// Shares the environment: a file may be open once in a process.
  private init(sharing engine: LMDBEngine) { store = engine.store }

  deinit { buffer.deallocate() }

  func reader() throws -> any CareEngine { LMDBEngine(sharing: self) }

  func check() throws -> Bool { false }
}
