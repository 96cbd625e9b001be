/// The three tables of the care workload, as the structs that every engine fills from its rows.
struct Doctor: Sendable, Codable {
  var id: Int64
  var name: String
  var license: String
  var specialty: String
}

struct Patient: Sendable, Codable {
  var id: Int64
  var name: String
  var email: String
  var phone: String
  /// Days since 1970-01-01.
  var born: Int64
  var gender: String
  var status: Int64
  var address: String
  /// Microseconds since 1970-01-01.
  var createdAt: Int64

  enum CodingKeys: String, CodingKey {
    case id, name, email, phone, born, gender, status, address
    case createdAt = "created_at"
  }
}

struct Appointment: Sendable, Codable {
  var id: Int64
  var patientID: Int64
  var doctorID: Int64
  /// Days since 1970-01-01.
  var date: Int64
  /// Minutes since midnight.
  var time: Int64
  var duration: Int64
  var type: String
  var status: String
  var reason: String

  enum CodingKeys: String, CodingKey {
    case id
    case patientID = "patient_id"
    case doctorID = "doctor_id"
    case date, time, duration, type, status, reason
  }
}

/// What a work has read: the same on every engine, or one of them has skipped something.
struct Checksum: Equatable, Sendable, CustomStringConvertible {
  var rows = 0
  var sum: UInt64 = 0

  var description: String { "\(rows) rows, sum \(sum)" }

  mutating func add(_ doctor: Doctor) {
    rows += 1
    let lengths =
      doctor.name.utf8.count + doctor.license.utf8.count + doctor.specialty.utf8.count
    sum &+= UInt64(truncatingIfNeeded: doctor.id) &* UInt64(lengths)
  }

  /// Takes every field; cheap, because the length of a native string is known.
  mutating func add(_ patient: Patient) {
    rows += 1
    var value = UInt64(truncatingIfNeeded: patient.id) &* 31
    value &+= UInt64(truncatingIfNeeded: patient.born)
    value &+= UInt64(truncatingIfNeeded: patient.status) &* 7
    value &+= UInt64(truncatingIfNeeded: patient.createdAt)
    let lengths =
      patient.name.utf8.count + patient.email.utf8.count + patient.phone.utf8.count
      + patient.gender.utf8.count + patient.address.utf8.count
    sum &+= value &* UInt64(lengths)
  }

  mutating func add(_ appointment: Appointment) {
    rows += 1
    var value = UInt64(truncatingIfNeeded: appointment.id) &* 31
    value &+= UInt64(truncatingIfNeeded: appointment.patientID) &* 7
    value &+= UInt64(truncatingIfNeeded: appointment.doctorID) &* 5
    value &+= UInt64(truncatingIfNeeded: appointment.date) &* 3
    value &+= UInt64(truncatingIfNeeded: appointment.time &+ appointment.duration)
    sum &+=
      value
      &* UInt64(
        appointment.type.utf8.count + appointment.status.utf8.count + appointment.reason.utf8.count)
  }

  /// Two numbers and a length, for visits that make no struct.
  mutating func add(status: Int64, born: Int64, nameLength: Int) {
    rows += 1
    sum &+= UInt64(truncatingIfNeeded: status &* 3 &+ born) &* UInt64(nameLength)
  }

  /// Takes the bytes of every field too: for verification outside of the time taken.
  mutating func addWhole(_ patient: Patient) {
    add(patient)
    for text in [patient.name, patient.email, patient.phone, patient.gender, patient.address] {
      mix(text)
    }
  }

  mutating func addWhole(_ appointment: Appointment) {
    add(appointment)
    mix(appointment.type)
    mix(appointment.status)
    mix(appointment.reason)
  }

  private mutating func mix(_ text: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    sum &+= hash
  }
}
