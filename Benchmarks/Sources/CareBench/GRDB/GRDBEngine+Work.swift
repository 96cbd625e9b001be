import GRDB

extension GRDBEngine {
  func insert(doctors: [Doctor]) throws {
    try pool().write { database in
      for doctor in doctors { try doctor.insert(database) }
    }
  }

  func insert(patients: ArraySlice<Patient>) throws {
    try pool().write { database in
      for patient in patients { try patient.insert(database) }
    }
  }

  func insert(appointments: ArraySlice<Appointment>) throws {
    try pool().write { database in
      for appointment in appointments { try appointment.insert(database) }
    }
  }

  func insertAll(_ data: Dataset) throws {
    try pool().write { database in
      for doctor in data.doctors { try doctor.insert(database) }
      for patient in data.patients { try patient.insert(database) }
      for appointment in data.appointments { try appointment.insert(database) }
    }
  }

  func get(keys: [Int64]) throws -> Checksum {
    try pool().read { database in
      var sum = Checksum()
      for key in keys {
        if let patient = try Patient.fetchOne(database, key: key) { sum.add(patient) }
      }
      return sum
    }
  }

  func get(doctors: [Int64]) throws -> Checksum {
    try pool().read { database in
      var sum = Checksum()
      for key in doctors {
        if let doctor = try Doctor.fetchOne(database, key: key) { sum.add(doctor) }
      }
      return sum
    }
  }

  func get(emails: [String]) throws -> Checksum {
    try pool().read { database in
      var sum = Checksum()
      for email in emails {
        if let patient = try Patient.filter(Patient.Columns.email == email).fetchOne(database) {
          sum.add(patient)
        }
      }
      return sum
    }
  }

  func appointments(ofDoctors doctors: [Int64]) throws -> Checksum {
    try pool().read { database in
      var sum = Checksum()
      for doctor in doctors {
        let rows = try Appointment.filter(Appointment.Columns.doctorID == doctor)
          .fetchAll(database)
        for row in rows { sum.add(row) }
      }
      return sum
    }
  }

  func scanPatients() throws -> Checksum {
    try pool().read { database in
      var sum = Checksum()
      for patient in try Patient.fetchAll(database) { sum.add(patient) }
      return sum
    }
  }

  func visitPatients() throws -> Checksum {
    try pool().read { database in
      var sum = Checksum()
      let rows = try Row.fetchCursor(
        database, sql: "SELECT status, born, name FROM patients NOT INDEXED")
      while let row = try rows.next() {
        let name: String = row[2]
        sum.add(status: row[0], born: row[1], nameLength: name.utf8.count)
      }
      return sum
    }
  }

  func update(statuses: ArraySlice<(id: Int64, status: Int64)>) throws {
    try pool().write { database in
      for change in statuses {
        guard var patient = try Patient.fetchOne(database, key: change.id) else { continue }
        try patient.updateChanges(database) { $0.status = change.status }
      }
    }
  }

  func delete(patients: ArraySlice<Int64>) throws {
    try pool().write { database in
      for id in patients { _ = try Patient.deleteOne(database, key: id) }
    }
  }

  func insertConcurrently(_ patients: [Patient], tasks: Int) async throws {
    let pool = try pool()
    try await runConcurrently(patients, tasks: tasks) { patient in
      try await pool.write { try patient.insert($0) }
    }
  }

  func verification() throws -> Verification {
    var seen = Verification()
    try pool().read { database in
      for patient in try Patient.fetchAll(database) { seen.patients.addWhole(patient) }
      for row in try Appointment.fetchAll(database) { seen.appointments.addWhole(row) }
      for status in 0...2 {
        seen.statusCounts.append(
          try Patient.filter(Column("status") == status).fetchCount(database))
      }
    }
    seen.firstDoctor = try appointments(ofDoctors: [1])
    return seen
  }
}
