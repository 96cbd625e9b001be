import CLMDB

extension LMDBEngine {
  func insert(doctors: [Doctor]) throws {
    try open().write { transaction in
      for doctor in doctors { try insert(doctor, transaction) }
    }
  }

  func insert(patients: ArraySlice<Patient>) throws {
    try open().write { transaction in
      for patient in patients { try insert(patient, transaction) }
    }
  }

  func insert(appointments: ArraySlice<Appointment>) throws {
    try open().write { transaction in
      for appointment in appointments { try insert(appointment, transaction) }
    }
  }

  func insertAll(_ data: Dataset) throws {
    try open().write { transaction in
      for doctor in data.doctors { try insert(doctor, transaction) }
      for patient in data.patients { try insert(patient, transaction) }
      for appointment in data.appointments { try insert(appointment, transaction) }
    }
  }

  func update(statuses: ArraySlice<(id: Int64, status: Int64)>) throws {
    try open().write { transaction in
      for change in statuses {
        guard let row = try transaction.get(tables.patients, change.id) else { continue }
        let copy = UnsafeMutableRawBufferPointer(rebasing: buffer[..<row.count])
        copy.copyMemory(from: row)
        let offset = Patient.packedStatusOffset
        let old = copy.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        if old == change.status { continue }
        copy.storeBytes(of: change.status, toByteOffset: offset, as: Int64.self)
        try transaction.put(tables.patients, change.id, UnsafeRawBufferPointer(copy))
        try transaction.remove(tables.patientsByStatus, old, row: change.id)
        try transaction.add(tables.patientsByStatus, change.status, row: change.id)
      }
    }
  }

  func delete(patients: ArraySlice<Int64>) throws {
    try open().write { transaction in
      for id in patients { try delete(patient: id, transaction) }
    }
  }

  func insertConcurrently(_ patients: [Patient], tasks: Int) async throws {
    let turn = Turn(self)
    try await runConcurrently(patients, tasks: tasks) { patient in
      try turn.take { engine in try engine.insert(patients: [patient][...]) }
    }
  }

  private func insert(_ doctor: Doctor, _ transaction: LMDBTransaction) throws {
    var row = PackedRowWriter(buffer)
    row.put(doctor)
    try transaction.put(tables.doctors, doctor.id, row.bytes, flags: MDB_NOOVERWRITE)
  }

  private func insert(_ patient: Patient, _ transaction: LMDBTransaction) throws {
    var row = PackedRowWriter(buffer)
    row.put(patient)
    try transaction.put(tables.patients, patient.id, row.bytes, flags: MDB_NOOVERWRITE)
    var id = patient.id
    try withUTF8(patient.email) { email in
      try withUnsafeBytes(of: &id) {
        try transaction.put(
          tables.patientsByEmail, UnsafeRawBufferPointer(email), $0, flags: MDB_NOOVERWRITE)
      }
    }
    try withUTF8(patient.name) {
      try transaction.add(tables.patientsByName, UnsafeRawBufferPointer($0), row: patient.id)
    }
    try withUTF8(patient.phone) {
      try transaction.add(tables.patientsByPhone, UnsafeRawBufferPointer($0), row: patient.id)
    }
    try transaction.add(tables.patientsByStatus, patient.status, row: patient.id)
  }

  private func insert(_ appointment: Appointment, _ transaction: LMDBTransaction) throws {
    guard try transaction.get(tables.patients, appointment.patientID) != nil,
      try transaction.get(tables.doctors, appointment.doctorID) != nil
    else { throw BenchError("appointment \(appointment.id) refers to nobody") }
    var row = PackedRowWriter(buffer)
    row.put(appointment)
    let id = appointment.id
    try transaction.put(tables.appointments, id, row.bytes, flags: MDB_NOOVERWRITE)
    try transaction.add(tables.appointmentsByDate, appointment.date, row: id)
    try transaction.add(tables.appointmentsByDoctor, appointment.doctorID, row: id)
    try transaction.add(tables.appointmentsByPatient, appointment.patientID, row: id)
  }

  private func delete(patient id: Int64, _ transaction: LMDBTransaction) throws {
    guard let bytes = try transaction.get(tables.patients, id) else { return }
    let patient = Patient(id: id, packed: bytes)
    var cursor = try LMDBCursor(transaction, tables.appointmentsByPatient)
    var children: [Int64] = []
    try cursor.forEachRow(of: id) { children.append($0) }
    cursor.close()
    for child in children {
      guard let bytes = try transaction.get(tables.appointments, child) else { continue }
      let appointment = Appointment(id: child, packed: bytes)
      try transaction.remove(tables.appointments, child)
      try transaction.remove(tables.appointmentsByDate, appointment.date, row: child)
      try transaction.remove(tables.appointmentsByDoctor, appointment.doctorID, row: child)
      try transaction.remove(tables.appointmentsByPatient, id, row: child)
    }
    try transaction.remove(tables.patients, id)
    try withUTF8(patient.email) {
      try transaction.remove(tables.patientsByEmail, UnsafeRawBufferPointer($0))
    }
    try withUTF8(patient.name) {
      try transaction.remove(tables.patientsByName, UnsafeRawBufferPointer($0), row: id)
    }
    try withUTF8(patient.phone) {
      try transaction.remove(tables.patientsByPhone, UnsafeRawBufferPointer($0), row: id)
    }
    try transaction.remove(tables.patientsByStatus, patient.status, row: id)
  }
}
