/// Comparisons and encodings of raw bytes.
enum Bytes {
  /// Compares as unsigned bytes, a shorter one first: below, equal to or above zero.
  @inline(__always)
  static func compare(
    _ left: UnsafeRawPointer, _ leftCount: Int, _ right: UnsafeRawPointer, _ rightCount: Int
  ) -> Int {
    let shared = min(leftCount, rightCount)
    if shared >= 8 {
      var offset = 0
      let last = shared &- 8
      while true {
        let a = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let b = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if a != b { return a.bigEndian < b.bigEndian ? -1 : 1 }
        if offset == last { break }
        // The last step may overlap the one before: those bytes are equal already.
        offset = min(offset &+ 8, last)
      }
    } else {
      var offset = 0
      while offset < shared {
        let a = left.load(fromByteOffset: offset, as: UInt8.self)
        let b = right.load(fromByteOffset: offset, as: UInt8.self)
        if a != b { return a < b ? -1 : 1 }
        offset &+= 1
      }
    }
    return leftCount &- rightCount
  }

  /// How many bytes both begin with.
  @inline(__always)
  static func commonPrefix(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, limit: Int
  ) -> Int {
    var offset = 0
    while offset &+ 8 <= limit {
      let a = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let b = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if a != b { return offset &+ (a ^ b).littleEndian.trailingZeroBitCount / 8 }
      offset &+= 8
    }
    while offset < limit,
      left.load(fromByteOffset: offset, as: UInt8.self)
        == right.load(fromByteOffset: offset, as: UInt8.self)
    {
      offset &+= 1
    }
    return offset
  }

  /// How many bytes both end with, from their ends backwards.
  @inline(__always)
  static func commonSuffix(
    _ leftEnd: UnsafeRawPointer, _ rightEnd: UnsafeRawPointer, limit: Int
  ) -> Int {
    var shared = 0
    while shared &+ 8 <= limit {
      let offset = -8 &- shared
      let a = leftEnd.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
      let b = rightEnd.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
      if a != b { return shared &+ (a ^ b).leadingZeroBitCount / 8 }
      shared &+= 8
    }
    while shared < limit,
      leftEnd.load(fromByteOffset: -1 &- shared, as: UInt8.self)
        == rightEnd.load(fromByteOffset: -1 &- shared, as: UInt8.self)
    {
      shared &+= 1
    }
    return shared
  }

  /// The first four bytes as a number that orders as they do; missing bytes count as zero.
  @inline(__always)
  static func head(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
    if count >= 4 { return bytes.loadUnaligned(as: UInt32.self).bigEndian }
    var head: UInt32 = 0
    var offset = 0
    while offset < count {
      let byte = bytes.load(fromByteOffset: offset, as: UInt8.self)
      head |= UInt32(byte) &<< UInt32(truncatingIfNeeded: 24 &- 8 &* offset)
      offset &+= 1
    }
    return head
  }

  /// Bytes that a number takes as a varint.
  @inline(__always)
  static func varintSize(_ value: Int) -> Int {
    if value < 1 << 7 { return 1 }
    if value < 1 << 14 { return 2 }
    if value < 1 << 21 { return 3 }
    return value < 1 << 28 ? 4 : 5
  }

  /// Writes a varint and returns its size.
  @inline(__always)
  static func writeVarint(_ value: Int, to target: UnsafeMutableRawPointer) -> Int {
    var rest = UInt(bitPattern: value)
    var size = 0
    while rest >= 0x80 {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: size, as: UInt8.self)
      rest &>>= 7
      size &+= 1
    }
    target.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: size, as: UInt8.self)
    return size &+ 1
  }
}

extension UnsafeRawBufferPointer {
  /// The first byte's place; some readable place when empty.
  @inline(__always)
  var start: UnsafeRawPointer { baseAddress ?? nowhere }
}

/// What empty buffers point to.
nonisolated(unsafe) private let nowhere = UnsafeRawPointer(
  UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8))
