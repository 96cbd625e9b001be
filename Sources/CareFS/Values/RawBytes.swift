#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Comparisons and views of raw bytes, without copies.
enum RawBytes {
  /// Negative, zero or positive as `a` sorts before, with or after `b`, byte by byte.
  @inline(__always)
  static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = min(a.count, b.count)
    if common > 0, let left = a.baseAddress, let right = b.baseAddress {
      let order = memcmp(left, right, common)
      if order != 0 { return Int(order) }
    }
    return a.count - b.count
  }

  /// Whether both hold the same bytes.
  @inline(__always)
  static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    a.count == b.count && compare(a, b) == 0
  }

  /// The offset of the first `byte`; nil when there is none.
  @inline(__always)
  static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count > 0, let base = bytes.baseAddress,
      let found = memchr(base, Int32(byte), bytes.count)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// The text of bytes that were checked when they were stored. What is not UTF-8 becomes U+FFFD.
  @inline(__always)
  static func string(_ bytes: UnsafeRawBufferPointer) -> String {
    if bytes.count <= shortText, let base = bytes.baseAddress {
      return shortString(base, bytes.count)
    }
    return longString(bytes)
  }

  @inline(never)
  private static func longString(_ bytes: UnsafeRawBufferPointer) -> String {
    bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
  }

  /// The most bytes of a text that takes no memory of its own.
  private static let shortText = 15

  /// Such a text, checked as any other. Two loads and stores that may overlap copy it.
  @inline(__always)
  private static func shortString(_ base: UnsafeRawPointer, _ count: Int) -> String {
    String(unsafeUninitializedCapacity: count) { target in
      guard let place = UnsafeMutableRawPointer(target.baseAddress) else { return 0 }
      if count >= 8 {
        copy(UInt64.self, base, to: place, count)
      } else if count >= 4 {
        copy(UInt32.self, base, to: place, count)
      } else {
        for offset in 0..<count {
          let byte = base.load(fromByteOffset: offset, as: UInt8.self)
          place.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        }
      }
      return count
    }
  }

  /// Copies at least one word and at most two.
  @inline(__always)
  private static func copy<Word: BitwiseCopyable>(
    _ word: Word.Type, _ base: UnsafeRawPointer, to place: UnsafeMutableRawPointer, _ count: Int
  ) {
    let last = count &- MemoryLayout<Word>.size
    let words = (
      base.loadUnaligned(as: Word.self), base.loadUnaligned(fromByteOffset: last, as: Word.self)
    )
    place.storeBytes(of: words.0, as: Word.self)
    place.storeBytes(of: words.1, toByteOffset: last, as: Word.self)
  }
}

extension String {
  /// Calls `body` with the UTF-8 of the text.
  @inline(__always)
  func withUTF8Bytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    if let result = try utf8.withContiguousStorageIfAvailable({
      try body(UnsafeRawBufferPointer($0))
    }) {
      return result
    }
    var copy = self
    return try copy.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
  }
}
