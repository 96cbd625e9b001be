/// The expanded contents of a gzip file, read piece by piece.
///
/// Takes a few hundred kilobytes of memory whatever the file. Every member's checksum and length
/// are verified before its last bytes' successor is given; zero bytes after the last member are
/// ignored.
public final class GzipSource: ByteSource {
  private var inflater: Inflater
  private var checksum = CRC32()
  /// The length of the member so far; the file holds it modulo 2^32.
  private var length: UInt32 = 0
  private var isInMember = false
  private var isAtEnd = false
  private var members = 0

  /// Creates a source of what another source's gzip bytes expand to.
  public init(_ source: any ByteSource) { inflater = Inflater(source) }

  deinit { inflater.deallocate() }

  /// A source of the expanded bytes if `source` holds gzip, else of the bytes as they are.
  ///
  /// Reads the first two bytes to find out.
  public static func detecting(_ source: any ByteSource) throws -> any ByteSource {
    var head: [UInt8] = []
    while head.count < 2 {
      var piece = [UInt8](repeating: 0, count: 2 - head.count)
      let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      head += piece[..<count]
    }
    let whole = PrefixedSource(head, source)
    return head == [0x1F, 0x8B] ? GzipSource(whole) : whole
  }

  /// Reads the next expanded bytes.
  ///
  /// - Throws: ``FormatError`` if the file is damaged or ends too early.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while inflater.pending.isEmpty {
      if isAtEnd { return 0 }
      try advance()
    }
    let pending = inflater.pending
    let count = min(pending.count, buffer.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: pending[..<count]))
    inflater.consume(count)
    return count
  }

  private func advance() throws {
    if isInMember {
      try inflater.run()
      checksum.add(inflater.pending)
      length &+= UInt32(truncatingIfNeeded: inflater.pending.count)
      if inflater.isFinished { try endMember() }
    } else {
      try beginMember()
    }
  }

  private func beginMember() throws {
    if members > 0, try skipPadding() {
      isAtEnd = true
      return
    }
    guard try byte() == 0x1F, try byte() == 0x8B, try byte() == 8 else {
      throw FormatError(members == 0 ? "not a gzip file" : "the gzip file is damaged")
    }
    let flags = try byte()
    guard flags & 0xE0 == 0 else { throw Inflater.damaged }
    for _ in 0..<6 { _ = try byte() }
    if flags & 0x04 != 0 {
      let low = try byte()
      let high = try byte()
      for _ in 0..<(low | high << 8) { _ = try byte() }
    }
    for flag in [0x08, 0x10] where flags & flag != 0 {
      while try byte() != 0 {}
    }
    if flags & 0x02 != 0 {
      _ = try byte()
      _ = try byte()
    }
    members += 1
    checksum = CRC32()
    length = 0
    isInMember = true
    inflater.begin()
  }

  private func endMember() throws {
    inflater.reader.align()
    let sum = UInt32(truncatingIfNeeded: try inflater.reader.take(32))
    let size = UInt32(truncatingIfNeeded: try inflater.reader.take(32))
    if inflater.reader.isOverrun { throw BitReader.truncated }
    guard sum == checksum.value, size == length else {
      throw FormatError("the gzip file is damaged: its checksum does not match")
    }
    isInMember = false
  }

  /// Consumes zero bytes between members; true at the end of the file.
  private func skipPadding() throws -> Bool {
    while try !inflater.reader.isAtEnd() {
      if inflater.reader.count < 8 { try inflater.reader.refill() }
      if inflater.reader.bits & 0xFF != 0 { return false }
      inflater.reader.drop(8)
    }
    return true
  }

  private func byte() throws -> Int {
    let value = try inflater.reader.take(8)
    if inflater.reader.isOverrun { throw BitReader.truncated }
    return value
  }
}

/// Bytes that were read ahead, followed by the rest of their source.
private final class PrefixedSource: ByteSource {
  private var head: [UInt8]
  private let source: any ByteSource

  init(_ head: [UInt8], _ source: any ByteSource) {
    self.head = head
    self.source = source
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if head.isEmpty { return try source.read(into: buffer) }
    let count = min(head.count, buffer.count)
    buffer.copyBytes(from: head[..<count])
    head.removeFirst(count)
    return count
  }
}
