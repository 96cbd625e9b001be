/// The checksum of gzip: CRC-32, reflected, polynomial 0xEDB88320; eight bytes at a time.
struct CRC32 {
  /// The checksum of what was added so far.
  var value: UInt32 { ~state }

  private var state: UInt32 = ~0

  /// Eight tables of 256 entries.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var entry = UInt32(truncatingIfNeeded: index)
      for _ in 0..<8 { entry = entry & 1 == 1 ? entry >> 1 ^ 0xEDB8_8320 : entry >> 1 }
      tables[index] = entry
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// Adds bytes.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    CRC32.tables.withUnsafeBufferPointer { tables in
      guard let table = tables.baseAddress else { return }
      var crc = state
      var p = 0
      while p &+ 8 <= bytes.count {
        let word =
          UInt64(littleEndian: (base + p).loadUnaligned(as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for byte in 0..<8 {
          let index = Int(truncatingIfNeeded: word >> UInt64(byte &* 8)) & 0xFF
          crc ^= table[(7 &- byte) &* 256 &+ index]
        }
        p &+= 8
      }
      while p < bytes.count {
        let byte = (base + p).load(as: UInt8.self)
        crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
        p &+= 1
      }
      state = crc
    }
  }
}
