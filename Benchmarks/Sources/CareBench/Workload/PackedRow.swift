/// Writes a row by hand into a buffer, for engines that store bytes: numbers, then each text with its
/// length before it.
struct PackedRowWriter {
  private let buffer: UnsafeMutableRawBufferPointer
  private var end = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<end]) }

  @inline(__always) mutating func put(_ number: Int64) {
    buffer.storeBytes(of: number, toByteOffset: end, as: Int64.self)
    end += 8
  }

  @inline(__always) mutating func put(_ text: String) {
    let start = end
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[(start + 2)...])
    let length = withUTF8(text) { bytes in
      room.copyMemory(from: UnsafeRawBufferPointer(bytes))
      return bytes.count
    }
    buffer.storeBytes(of: UInt16(length), toByteOffset: start, as: UInt16.self)
    end = start + 2 + length
  }
}

/// Reads a row in the order in which it was written.
struct PackedRowReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inline(__always) mutating func int() -> Int64 {
    defer { at += 8 }
    return bytes.loadUnaligned(fromByteOffset: at, as: Int64.self)
  }

  @inline(__always) mutating func textBytes() -> UnsafeRawBufferPointer {
    let length = Int(bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self))
    let start = at + 2
    at = start + length
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
  }

  @inline(__always) mutating func text() -> String { String(decoding: textBytes(), as: UTF8.self) }
}

extension PackedRowWriter {
  mutating func put(_ patient: Patient) {
    put(patient.born)
    put(patient.status)
    put(patient.createdAt)
    put(patient.name)
    put(patient.email)
    put(patient.phone)
    put(patient.gender)
    put(patient.address)
  }

  mutating func put(_ appointment: Appointment) {
    put(appointment.patientID)
    put(appointment.doctorID)
    put(appointment.date)
    put(appointment.time)
    put(appointment.duration)
    put(appointment.type)
    put(appointment.status)
    put(appointment.reason)
  }
}

extension Patient {
  /// Where `status` lies in a row.
  static let packedStatusOffset = 8

  @inline(__always) init(id: Int64, packed bytes: UnsafeRawBufferPointer) {
    var row = PackedRowReader(bytes)
    let born = row.int()
    let status = row.int()
    let createdAt = row.int()
    let name = row.text()
    let email = row.text()
    let phone = row.text()
    let gender = row.text()
    self.init(
      id: id, name: name, email: email, phone: phone, born: born, gender: gender, status: status,
      address: row.text(), createdAt: createdAt)
  }
}

extension Appointment {
  @inline(__always) init(id: Int64, packed bytes: UnsafeRawBufferPointer) {
    var row = PackedRowReader(bytes)
    let patientID = row.int()
    let doctorID = row.int()
    let date = row.int()
    let time = row.int()
    let duration = row.int()
    let type = row.text()
    let status = row.text()
    self.init(
      id: id, patientID: patientID, doctorID: doctorID, date: date, time: time,
      duration: duration, type: type, status: status, reason: row.text())
  }
}

extension PackedRowWriter {
  mutating func put(_ doctor: Doctor) {
    put(doctor.name)
    put(doctor.license)
    put(doctor.specialty)
  }
}

extension Doctor {
  @inline(__always) init(id: Int64, packed bytes: UnsafeRawBufferPointer) {
    var row = PackedRowReader(bytes)
    let name = row.text()
    let license = row.text()
    self.init(id: id, name: name, license: license, specialty: row.text())
  }
}
