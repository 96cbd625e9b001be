extension RocksDBEngine {
  func insert(doctors: [Doctor]) throws {
    try write { batch in
      for doctor in doctors { try insert(doctor, batch) }
    }
  }

  func insert(patients: ArraySlice<Patient>) throws {
    try write { batch in
      for patient in patients { try insert(patient, batch) }
    }
  }

  func insert(appointments: ArraySlice<Appointment>) throws {
    try write { batch in
      for appointment in appointments { try insert(appointment, batch) }
    }
  }

  func insertAll(_ data: Dataset) throws {
    try write { batch in
      for doctor in data.doctors { try insert(doctor, batch) }
      for patient in data.patients { try insert(patient, batch) }
      for appointment in data.appointments { try insert(appointment, batch) }
    }
  }

  func update(statuses: ArraySlice<(id: Int64, status: Int64)>) throws {
    try write { batch in
      var key = key
      for change in statuses {
        key.start(.patients)
        key.put(change.id)
        let copied = try store().get(key.bytes) { row in
          UnsafeMutableRawBufferPointer(rebasing: buffer[..<row.count]).copyMemory(from: row)
          return row.count
        }
        guard let count = copied else { continue }
        let row = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        let offset = Patient.packedStatusOffset
        let old =
          batch.statuses[change.id] ?? row.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        if old == change.status { continue }
        batch.statuses[change.id] = change.status
        row.storeBytes(of: change.status, toByteOffset: offset, as: Int64.self)
        batch.put(key.bytes, UnsafeRawBufferPointer(row))
        remove(.patientsByStatus, old, row: change.id, batch)
        add(.patientsByStatus, change.status, row: change.id, batch)
      }
    }
  }

  func delete(patients: ArraySlice<Int64>) throws {
    try write { batch in
      // No two of the patients have an appointment in common, so the walk need not see the batch.
      let cursor = try RocksDBCursor(try store())
      defer { cursor.close() }
      for id in patients { try delete(patient: id, batch, cursor) }
    }
  }

  /// RocksDB joins the commits of threads that write at once; a lock around it keeps one row's
  /// checks and writes together.
  func insertConcurrently(_ patients: [Patient], tasks: Int) async throws {
    let turn = Turn(self)
    try await runConcurrently(patients, tasks: tasks) { patient in
      try turn.take { engine in try engine.insert(patients: [patient][...]) }
    }
  }

  private func add(_ table: RocksDBTable, _ value: Int64, row: Int64, _ batch: RocksDBBatch) {
    var key = key
    key.start(table)
    key.put(value)
    key.put(row)
    batch.put(key.bytes, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  private func add(_ table: RocksDBTable, _ value: String, row: Int64, _ batch: RocksDBBatch) {
    var key = key
    key.start(table)
    key.put(value, ends: false)
    key.put(row)
    batch.put(key.bytes, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  private func remove(_ table: RocksDBTable, _ value: Int64, row: Int64, _ batch: RocksDBBatch) {
    var key = key
    key.start(table)
    key.put(value)
    key.put(row)
    batch.delete(key.bytes)
  }

  private func remove(_ table: RocksDBTable, _ value: String, row: Int64, _ batch: RocksDBBatch) {
    var key = key
    key.start(table)
    key.put(value, ends: false)
    key.put(row)
    batch.delete(key.bytes)
  }

  /// Puts a row that must not be there yet.
  private func putNew(
    _ table: RocksDBTable, _ id: Int64, _ row: UnsafeRawBufferPointer, _ batch: RocksDBBatch
  ) throws {
    var key = key
    key.start(table)
    key.put(id)
    guard try batch.adds(table, id, key.bytes) else {
      throw BenchError("rocksdb: row \(id) is there")
    }
    batch.put(key.bytes, row)
  }

  private func insert(_ doctor: Doctor, _ batch: RocksDBBatch) throws {
    var row = PackedRowWriter(buffer)
    row.put(doctor)
    try putNew(.doctors, doctor.id, row.bytes, batch)
  }

  private func insert(_ patient: Patient, _ batch: RocksDBBatch) throws {
    var row = PackedRowWriter(buffer)
    row.put(patient)
    try putNew(.patients, patient.id, row.bytes, batch)
    var key = key
    key.start(.patientsByEmail)
    key.put(patient.email, ends: true)
    guard try batch.adds(patient.email, key.bytes) else {
      throw BenchError("rocksdb: e-mail is taken")
    }
    var id = patient.id
    withUnsafeBytes(of: &id) { batch.put(key.bytes, $0) }
    add(.patientsByName, patient.name, row: id, batch)
    add(.patientsByPhone, patient.phone, row: id, batch)
    add(.patientsByStatus, patient.status, row: id, batch)
  }

  private func insert(_ appointment: Appointment, _ batch: RocksDBBatch) throws {
    var key = key
    key.start(.patients)
    key.put(appointment.patientID)
    var refers = try batch.contains(.patients, appointment.patientID, key.bytes)
    key.start(.doctors)
    key.put(appointment.doctorID)
    refers = try refers && batch.contains(.doctors, appointment.doctorID, key.bytes)
    guard refers else { throw BenchError("appointment \(appointment.id) refers to nobody") }
    var row = PackedRowWriter(buffer)
    row.put(appointment)
    let id = appointment.id
    try putNew(.appointments, id, row.bytes, batch)
    add(.appointmentsByDate, appointment.date, row: id, batch)
    add(.appointmentsByDoctor, appointment.doctorID, row: id, batch)
    add(.appointmentsByPatient, appointment.patientID, row: id, batch)
  }

  private func delete(
    patient id: Int64, _ batch: RocksDBBatch, _ cursor: RocksDBCursor
  ) throws {
    var key = key
    key.start(.patients)
    key.put(id)
    guard let patient = try store().get(key.bytes, { Patient(id: id, packed: $0) }) else { return }
    batch.delete(key.bytes)
    key.start(.patientsByEmail)
    key.put(patient.email, ends: true)
    batch.delete(key.bytes)
    remove(.patientsByName, patient.name, row: id, batch)
    remove(.patientsByPhone, patient.phone, row: id, batch)
    remove(.patientsByStatus, patient.status, row: id, batch)
    var children: [Int64] = []
    key.start(.appointmentsByPatient)
    key.put(id)
    try cursor.forEach(prefix: key.bytes) { children.append(rocksNumber($0)) }
    for child in children {
      key.start(.appointments)
      key.put(child)
      let found = try store().get(key.bytes) { Appointment(id: child, packed: $0) }
      guard let appointment = found else { continue }
      batch.delete(key.bytes)
      remove(.appointmentsByDate, appointment.date, row: child, batch)
      remove(.appointmentsByDoctor, appointment.doctorID, row: child, batch)
      remove(.appointmentsByPatient, id, row: child, batch)
    }
  }
}
