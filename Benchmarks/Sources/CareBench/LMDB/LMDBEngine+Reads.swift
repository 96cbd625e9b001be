import CLMDB

extension LMDBEngine {
  func get(keys: [Int64]) throws -> Checksum {
    try get(tables.patients, keys) { $0.add(Patient(id: $1, packed: $2)) }
  }

  func get(doctors: [Int64]) throws -> Checksum {
    try get(tables.doctors, doctors) { $0.add(Doctor(id: $1, packed: $2)) }
  }

  @inline(__always)
  private func get(
    _ table: LMDBTable, _ ids: [Int64],
    _ add: (inout Checksum, Int64, UnsafeRawBufferPointer) -> Void
  ) throws -> Checksum {
    try open().read { transaction in
      var sum = Checksum()
      for id in ids {
        if let bytes = try transaction.get(table, id) { add(&sum, id, bytes) }
      }
      return sum
    }
  }

  func get(emails: [String]) throws -> Checksum {
    try open().read { transaction in
      var sum = Checksum()
      for email in emails {
        try withUTF8(email) { text in
          let key = UnsafeRawBufferPointer(text)
          guard let found = try transaction.get(tables.patientsByEmail, key) else { return }
          let id = found.loadUnaligned(as: Int64.self)
          if let bytes = try transaction.get(tables.patients, id) {
            sum.add(Patient(id: id, packed: bytes))
          }
        }
      }
      return sum
    }
  }

  func appointments(ofDoctors doctors: [Int64]) throws -> Checksum {
    try open().read { transaction in
      var sum = Checksum()
      var cursor = try LMDBCursor(transaction, tables.appointmentsByDoctor)
      defer { cursor.close() }
      for doctor in doctors {
        try cursor.forEachRow(of: doctor) { id in
          if let bytes = try transaction.get(tables.appointments, id) {
            sum.add(Appointment(id: id, packed: bytes))
          }
        }
      }
      return sum
    }
  }

  func scanPatients() throws -> Checksum {
    var sum = Checksum()
    try forEach(\.patients) { sum.add(Patient(id: $0, packed: $1)) }
    return sum
  }

  func visitPatients() throws -> Checksum {
    var sum = Checksum()
    try forEach(\.patients) { _, bytes in
      var row = PackedRowReader(bytes)
      let born = row.int()
      let status = row.int()
      _ = row.int()
      sum.add(status: status, born: born, nameLength: row.textBytes().count)
    }
    return sum
  }

  func verification() throws -> Verification {
    var seen = Verification()
    try forEach(\.patients) { seen.patients.addWhole(Patient(id: $0, packed: $1)) }
    try forEach(\.appointments) { seen.appointments.addWhole(Appointment(id: $0, packed: $1)) }
    try open().read { transaction in
      var cursor = try LMDBCursor(transaction, tables.patientsByStatus)
      defer { cursor.close() }
      for status in 0...2 { seen.statusCounts.append(try cursor.count(of: Int64(status))) }
    }
    seen.firstDoctor = try appointments(ofDoctors: [1])
    return seen
  }

  @inline(__always)
  private func forEach(
    _ table: KeyPath<Tables, LMDBTable>, _ body: (Int64, UnsafeRawBufferPointer) -> Void
  ) throws {
    let table = tables[keyPath: table]
    try open().read { transaction in
      var cursor = try LMDBCursor(transaction, table)
      defer { cursor.close() }
      var more = try cursor.move(MDB_FIRST)
      while more {
        let id = UnsafeRawPointer(cursor.key.mv_data).loadUnaligned(as: Int64.self)
        body(
          id, UnsafeRawBufferPointer(start: cursor.value.mv_data, count: cursor.value.mv_size))
        more = try cursor.move(MDB_NEXT)
      }
    }
  }
}
