extension RocksDBEngine {
  func get(keys: [Int64]) throws -> Checksum {
    try get(.patients, keys) { $0.add(Patient(id: $1, packed: $2)) }
  }

  func get(doctors: [Int64]) throws -> Checksum {
    try get(.doctors, doctors) { $0.add(Doctor(id: $1, packed: $2)) }
  }

  @inline(__always)
  private func get(
    _ table: RocksDBTable, _ ids: [Int64],
    _ add: (inout Checksum, Int64, UnsafeRawBufferPointer) -> Void
  ) throws -> Checksum {
    let store = try store()
    var key = key
    var sum = Checksum()
    for id in ids {
      key.start(table)
      key.put(id)
      _ = try store.get(key.bytes) { add(&sum, id, $0) }
    }
    return sum
  }

  func get(emails: [String]) throws -> Checksum {
    let store = try store()
    var key = key
    var sum = Checksum()
    for email in emails {
      key.start(.patientsByEmail)
      key.put(email, ends: true)
      guard let id = try store.get(key.bytes, { $0.loadUnaligned(as: Int64.self) }) else {
        continue
      }
      key.start(.patients)
      key.put(id)
      _ = try store.get(key.bytes) { sum.add(Patient(id: id, packed: $0)) }
    }
    return sum
  }

  func appointments(ofDoctors doctors: [Int64]) throws -> Checksum {
    let store = try store()
    let cursor = try RocksDBCursor(store)
    defer { cursor.close() }
    let rowKeys = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
    defer { rowKeys.deallocate() }
    var rowKey = RocksDBKey(rowKeys)
    var key = key
    var sum = Checksum()
    for doctor in doctors {
      key.start(.appointmentsByDoctor)
      key.put(doctor)
      try cursor.forEach(prefix: key.bytes) { found in
        let id = rocksNumber(found)
        rowKey.start(.appointments)
        rowKey.put(id)
        _ = try store.get(rowKey.bytes) { sum.add(Appointment(id: id, packed: $0)) }
      }
    }
    return sum
  }

  func scanPatients() throws -> Checksum {
    var sum = Checksum()
    try forEach(.patients) { sum.add(Patient(id: $0, packed: $1)) }
    return sum
  }

  func visitPatients() throws -> Checksum {
    var sum = Checksum()
    try forEach(.patients) { _, bytes in
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
    try forEach(.patients) { seen.patients.addWhole(Patient(id: $0, packed: $1)) }
    try forEach(.appointments) { seen.appointments.addWhole(Appointment(id: $0, packed: $1)) }
    let cursor = try RocksDBCursor(try store())
    defer { cursor.close() }
    for status in 0...2 {
      var key = key
      key.start(.patientsByStatus)
      key.put(Int64(status))
      var count = 0
      try cursor.forEach(prefix: key.bytes) { _ in count += 1 }
      seen.statusCounts.append(count)
    }
    seen.firstDoctor = try appointments(ofDoctors: [1])
    return seen
  }

  @inline(__always)
  private func forEach(
    _ table: RocksDBTable, _ body: (Int64, UnsafeRawBufferPointer) -> Void
  ) throws {
    let cursor = try RocksDBCursor(try store())
    defer { cursor.close() }
    var key = key
    key.start(table)
    try cursor.forEach(prefix: key.bytes) { body(rocksNumber($0), cursor.value) }
  }
}
