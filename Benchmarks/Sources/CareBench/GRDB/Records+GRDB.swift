import GRDB

// The records as GRDB's guide writes them: Codable structs. GRDB reads and writes the columns that
// their coding keys name.

extension Doctor: FetchableRecord, PersistableRecord {
  static let databaseTableName = "doctors"
}

extension Patient: FetchableRecord, PersistableRecord {
  static let databaseTableName = "patients"

  enum Columns {
    static let email = Column(CodingKeys.email)
  }
}

extension Appointment: FetchableRecord, PersistableRecord {
  static let databaseTableName = "appointments"

  enum Columns {
    static let doctorID = Column(CodingKeys.doctorID)
  }
}
