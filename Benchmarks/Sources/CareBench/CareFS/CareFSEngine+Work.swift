import CareFS

extension CareFSEngine {
  func insert(doctors: [Doctor]) throws {
    try database().write { transaction in _ = try transaction.insert(contentsOf: doctors) }
  }

  func insert(patients: ArraySlice<Patient>) throws {
    try database().write { transaction in
      if patients.count == 1, let patient = patients.first {
        try transaction.insert(patient)
      } else {
        try transaction.insert(contentsOf: patients)
      }
    }
  }

  func insert(appointments: ArraySlice<Appointment>) throws {
    try database().write { transaction in try transaction.insert(contentsOf: appointments) }
  }

  func insertAll(_ data: Dataset) throws {
    try database().write { transaction in
      try transaction.insert(contentsOf: data.doctors)
      try transaction.insert(contentsOf: data.patients)
      try transaction.insert(contentsOf: data.appointments)
    }
  }

  func get(keys: [Int64]) throws -> Checksum {
    try database().read { transaction in
      var sum = Checksum()
      for key in keys {
        if let patient = try transaction.get(Patient.self, key) { sum.add(patient) }
      }
      return sum
    }
  }

  func get(doctors: [Int64]) throws -> Checksum {
    try database().read { transaction in
      var sum = Checksum()
      for key in doctors {
        if let doctor = try transaction.get(Doctor.self, key) { sum.add(doctor) }
      }
      return sum
    }
  }

  func get(emails: [String]) throws -> Checksum {
    try database().read { transaction in
      var sum = Checksum()
      for email in emails {
        if let patient = try transaction.get(Patient.self, where: \.email, is: email) {
          sum.add(patient)
        }
      }
      return sum
    }
  }

  func appointments(ofDoctors doctors: [Int64]) throws -> Checksum {
    try database().read { transaction in
      var sum = Checksum()
      for doctor in doctors {
        try transaction.forEach(Appointment.self, where: \.doctorID, is: doctor) { row in
          sum.add(try Appointment(row: row))
        }
      }
      return sum
    }
  }

  func scanPatients() throws -> Checksum {
    try database().read { transaction in
      var sum = Checksum()
      try transaction.forEach(Patient.self) { row in sum.add(try Patient(row: row)) }
      return sum
    }
  }

  func visitPatients() throws -> Checksum {
    try database().read { transaction in
      var sum = Checksum()
      try transaction.forEach(Patient.self) { row in
        sum.add(
          status: try row.int64(6), born: try row.int64(4),
          nameLength: try row.withBytes(1) { $0.count })
      }
      return sum
    }
  }

  func update(statuses: ArraySlice<(id: Int64, status: Int64)>) throws {
    try database().write { transaction in
      for change in statuses {
        try transaction.update(Patient.self, change.id) { $0.status = change.status }
      }
    }
  }

  func delete(patients: ArraySlice<Int64>) throws {
    try database().write { transaction in
      for id in patients { try transaction.delete(Patient.self, id) }
    }
  }

  func insertConcurrently(_ patients: [Patient], tasks: Int) async throws {
    let database = try database()
    try await runConcurrently(patients, tasks: tasks) { patient in
      _ = try await database.write { transaction in try transaction.insert(patient) }
    }
  }

  func verification() throws -> Verification {
    var seen = Verification()
    try database().read { transaction in
      try transaction.forEach(Patient.self) { seen.patients.addWhole(try Patient(row: $0)) }
      try transaction.forEach(Appointment.self) {
        seen.appointments.addWhole(try Appointment(row: $0))
      }
      for status in 0...2 {
        seen.statusCounts.append(
          try transaction.count("patients", where: Expression.parse("status = \(status)")))
      }
    }
    seen.firstDoctor = try appointments(ofDoctors: [1])
    return seen
  }
}
