import Synchronization

extension SQLiteEngine {
  func insert(doctors: [Doctor]) throws {
    try write { for doctor in doctors { try run(doctor) } }
  }

  func insert(patients: ArraySlice<Patient>) throws {
    try write { for patient in patients { try run(patient) } }
  }

  func insert(appointments: ArraySlice<Appointment>) throws {
    try write { for appointment in appointments { try run(appointment) } }
  }

  func insertAll(_ data: Dataset) throws {
    try write {
      for doctor in data.doctors { try run(doctor) }
      for patient in data.patients { try run(patient) }
      for appointment in data.appointments { try run(appointment) }
    }
  }

  func update(statuses: ArraySlice<(id: Int64, status: Int64)>) throws {
    try write {
      for change in statuses {
        updateStatus.bind(1, change.status)
        updateStatus.bind(2, change.id)
        try updateStatus.run()
      }
    }
  }

  func delete(patients: ArraySlice<Int64>) throws {
    try write {
      for id in patients {
        deletePatient.bind(1, id)
        try deletePatient.run()
      }
    }
  }

  /// One connection behind a lock: SQLite has one writer, and this is its fastest way.
  func insertConcurrently(_ patients: [Patient], tasks: Int) async throws {
    let turn = Turn(self)
    try await runConcurrently(patients, tasks: tasks) { patient in
      try turn.take { engine in try engine.insert(patients: [patient][...]) }
    }
  }

  private func run(_ doctor: Doctor) throws {
    try withUTF8(doctor.name) { name in
      try withUTF8(doctor.license) { license in
        try withUTF8(doctor.specialty) { specialty in
          insertDoctor.bind(1, doctor.id)
          insertDoctor.bind(2, name)
          insertDoctor.bind(3, license)
          insertDoctor.bind(4, specialty)
          try insertDoctor.run()
        }
      }
    }
  }

  private func run(_ patient: Patient) throws {
    try withUTF8(patient.name) { name in
      try withUTF8(patient.email) { email in
        try withUTF8(patient.phone) { phone in
          try withUTF8(patient.gender) { gender in
            try withUTF8(patient.address) { address in
              insertPatient.bind(1, patient.id)
              insertPatient.bind(2, name)
              insertPatient.bind(3, email)
              insertPatient.bind(4, phone)
              insertPatient.bind(5, patient.born)
              insertPatient.bind(6, gender)
              insertPatient.bind(7, patient.status)
              insertPatient.bind(8, address)
              insertPatient.bind(9, patient.createdAt)
              try insertPatient.run()
            }
          }
        }
      }
    }
  }

  private func run(_ appointment: Appointment) throws {
    try withUTF8(appointment.type) { type in
      try withUTF8(appointment.status) { status in
        try withUTF8(appointment.reason) { reason in
          insertAppointment.bind(1, appointment.id)
          insertAppointment.bind(2, appointment.patientID)
          insertAppointment.bind(3, appointment.doctorID)
          insertAppointment.bind(4, appointment.date)
          insertAppointment.bind(5, appointment.time)
          insertAppointment.bind(6, appointment.duration)
          insertAppointment.bind(7, type)
          insertAppointment.bind(8, status)
          insertAppointment.bind(9, reason)
          try insertAppointment.run()
        }
      }
    }
  }
}
