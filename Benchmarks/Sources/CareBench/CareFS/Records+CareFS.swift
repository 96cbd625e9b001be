import CareFS

extension Doctor: Record {
  static let schema = Schema<Doctor>(
    "doctors", .key(\.id, "id"), .column(\.name, "name"), .column(\.license, "license"),
    .column(\.specialty, "specialty"))

  init(row: RecordRow) throws {
    self.init(
      id: try row.get(0), name: try row.get(1), license: try row.get(2),
      specialty: try row.get(3))
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, name)
    try row.set(2, license)
    try row.set(3, specialty)
  }
}

extension Patient: Record {
  static let schema = Schema<Patient>(
    "patients", .key(\.id, "id"), .column(\.name, "name"), .column(\.email, "email"),
    .column(\.phone, "phone"), .column(\.born, "born"), .column(\.gender, "gender"),
    .column(\.status, "status"), .column(\.address, "address"), .column(\.createdAt, "created_at"),
    .unique(\.email), .index(\.name), .index(\.phone), .index(\.status))

  init(row: RecordRow) throws {
    self.init(
      id: try row.get(0), name: try row.get(1), email: try row.get(2), phone: try row.get(3),
      born: try row.get(4), gender: try row.get(5), status: try row.get(6),
      address: try row.get(7), createdAt: try row.get(8))
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, name)
    try row.set(2, email)
    try row.set(3, phone)
    try row.set(4, born)
    try row.set(5, gender)
    try row.set(6, status)
    try row.set(7, address)
    try row.set(8, createdAt)
  }
}

extension Appointment: Record {
  static let schema = Schema<Appointment>(
    "appointments", .key(\.id, "id"), .column(\.patientID, "patient_id"),
    .column(\.doctorID, "doctor_id"), .column(\.date, "date"), .column(\.time, "time"),
    .column(\.duration, "duration"), .column(\.type, "type"), .column(\.status, "status"),
    .column(\.reason, "reason"), .index(\.date), .index(\.doctorID), .index(\.patientID),
    .reference(\.patientID, to: Patient.self, onDelete: .cascade),
    .reference(\.doctorID, to: Doctor.self, onDelete: .cascade))

  init(row: RecordRow) throws {
    self.init(
      id: try row.get(0), patientID: try row.get(1), doctorID: try row.get(2),
      date: try row.get(3), time: try row.get(4), duration: try row.get(5), type: try row.get(6),
      status: try row.get(7), reason: try row.get(8))
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, patientID)
    try row.set(2, doctorID)
    try row.set(3, date)
    try row.set(4, time)
    try row.set(5, duration)
    try row.set(6, type)
    try row.set(7, status)
    try row.set(8, reason)
  }
}
