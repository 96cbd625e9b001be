/// Puts keys together: a byte for the table, then numbers and texts in an order that bytes have too.
struct RocksDBKey {
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  @inline(__always) mutating func start(_ table: RocksDBTable) {
    buffer[0] = table.rawValue
    count = 1
  }

  @inline(__always) mutating func put(_ number: Int64) {
    let ordered = UInt64(bitPattern: number) ^ (1 << 63)
    buffer.storeBytes(of: ordered.bigEndian, toByteOffset: count, as: UInt64.self)
    count += 8
  }

  /// A text that ends the key, or that has a zero byte behind it.
  @inline(__always) mutating func put(_ text: String, ends: Bool) {
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
    count += withUTF8(text) { bytes in
      room.copyMemory(from: UnsafeRawBufferPointer(bytes))
      return bytes.count
    }
    if !ends {
      buffer[count] = 0
      count += 1
    }
  }
}

/// The first byte of a key.
enum RocksDBTable: UInt8 {
  case doctors = 1
  case patients, patientsByEmail, patientsByName, patientsByPhone, patientsByStatus
  case appointments, appointmentsByDate, appointmentsByDoctor, appointmentsByPatient
}

/// Reads the last eight bytes of a key: the number of its row.
@inline(__always) func rocksNumber(_ key: UnsafeRawBufferPointer) -> Int64 {
  let ordered = key.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self)
  return Int64(bitPattern: UInt64(bigEndian: ordered) ^ (1 << 63))
}
