extension SQLiteEngine {
  func get(keys: [Int64]) throws -> Checksum {
    try read {
      var sum = Checksum()
      for key in keys {
        patientByKey.bind(1, key)
        if try patientByKey.step() { sum.add(patient(patientByKey)) }
        patientByKey.reset()
      }
      return sum
    }
  }

  func get(doctors: [Int64]) throws -> Checksum {
    try read {
      var sum = Checksum()
      for key in doctors {
        doctorByKey.bind(1, key)
        if try doctorByKey.step() {
          sum.add(
            Doctor(
              id: doctorByKey.int(0), name: doctorByKey.text(1), license: doctorByKey.text(2),
              specialty: doctorByKey.text(3)))
        }
        doctorByKey.reset()
      }
      return sum
    }
  }

  func get(emails: [String]) throws -> Checksum {
    try read {
      var sum = Checksum()
      for email in emails {
        try withUTF8(email) { bytes in
          patientByEmail.bind(1, bytes)
          if try patientByEmail.step() { sum.add(patient(patientByEmail)) }
          patientByEmail.reset()
        }
      }
      return sum
    }
  }

  func appointments(ofDoctors doctors: [Int64]) throws -> Checksum {
    try read {
      var sum = Checksum()
      for doctor in doctors {
        appointmentsOfDoctor.bind(1, doctor)
        while try appointmentsOfDoctor.step() { sum.add(appointment(appointmentsOfDoctor)) }
        appointmentsOfDoctor.reset()
      }
      return sum
    }
  }

  func scanPatients() throws -> Checksum {
    try read {
      var sum = Checksum()
      while try allPatients.step() { sum.add(patient(allPatients)) }
      allPatients.reset()
      return sum
    }
  }

  func visitPatients() throws -> Checksum {
    try read {
      var sum = Checksum()
      while try visitedPatients.step() {
        sum.add(
          status: visitedPatients.int(0), born: visitedPatients.int(1),
          nameLength: visitedPatients.textLength(2))
      }
      visitedPatients.reset()
      return sum
    }
  }

  func verification() throws -> Verification {
    var seen = Verification()
    while try allPatients.step() { seen.patients.addWhole(patient(allPatients)) }
    allPatients.reset()
    while try allAppointments.step() { seen.appointments.addWhole(appointment(allAppointments)) }
    allAppointments.reset()
    for status in 0...2 {
      countStatus.bind(1, Int64(status))
      _ = try countStatus.step()
      seen.statusCounts.append(Int(countStatus.int(0)))
      countStatus.reset()
    }
    seen.firstDoctor = try appointments(ofDoctors: [1])
    return seen
  }

  @inline(__always) private func patient(_ row: SQLiteStatement) -> Patient {
    Patient(
      id: row.int(0), name: row.text(1), email: row.text(2), phone: row.text(3),
      born: row.int(4), gender: row.text(5), status: row.int(6), address: row.text(7),
      createdAt: row.int(8))
  }

  @inline(__always) private func appointment(_ row: SQLiteStatement) -> Appointment {
    Appointment(
      id: row.int(0), patientID: row.int(1), doctorID: row.int(2), date: row.int(3),
      time: row.int(4), duration: row.int(5), type: row.text(6), status: row.text(7),
      reason: row.text(8))
  }
}
