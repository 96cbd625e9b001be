/// The part of a byte source that a reader looks at: from the start of the current record on.
///
/// Offsets count from that start, so they stay valid while more bytes are read.
final class InputBuffer {
  /// The longest record that is read, in bytes.
  static let maximumRecordLength = 1 << 30

  private let source: any ByteSource
  private var memory: UnsafeMutableRawPointer
  private var capacity = 1 << 16
  private var start = 0
  private var end = 0
  private var isSourceAtEnd = false

  /// - Parameter skippingMark: whether to skip a UTF-8 byte order mark at the start.
  init(_ source: any ByteSource, skippingMark: Bool = true) throws {
    self.source = source
    memory = .allocate(byteCount: capacity, alignment: 16)
    guard skippingMark else { return }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    for (index, byte) in mark.enumerated() {
      if index == count, try !more() { return }
      if base[index] != byte { return }
    }
    advance(3)
  }

  deinit { memory.deallocate() }

  /// The current record's first byte; valid until ``more()``.
  @inline(__always)
  var base: UnsafeMutablePointer<UInt8> {
    (memory + start).assumingMemoryBound(to: UInt8.self)
  }

  /// How many bytes can be seen.
  @inline(__always)
  var count: Int { end &- start }

  /// A view of bytes that can be seen.
  @inline(__always)
  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeRawBufferPointer(start: memory + start + range.lowerBound, count: range.count)
  }

  /// Moves the start of the current record forward.
  @inline(__always)
  func advance(_ size: Int) {
    precondition(size >= 0 && size <= end - start)
    start += size
  }

  /// Makes more bytes visible; false at the end of the source.
  @inline(never)
  func more() throws -> Bool {
    if isSourceAtEnd { return false }
    makeRoom()
    let room = capacity - end
    let read = try source.read(
      into: UnsafeMutableRawBufferPointer(start: memory + end, count: room))
    if read <= 0 {
      isSourceAtEnd = true
      return false
    }
    end += min(read, room)
    return true
  }

  private func makeRoom() {
    if start > 0, start == end || capacity - end < capacity / 4 {
      memory.copyMemory(from: memory + start, byteCount: count)
      end -= start
      start = 0
    }
    guard capacity - end < capacity / 4 else { return }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
    larger.copyMemory(from: memory, byteCount: end)
    memory.deallocate()
    memory = larger
    capacity *= 2
  }

  /// Whether the current record has grown too long to be read.
  var isTooLong: Bool { count > InputBuffer.maximumRecordLength }
}

/// Checks of text that was read.
enum TextScan {
  /// The offset of the first byte that does not belong to well-formed UTF-8; nil if there is none.
  static func invalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let start = bytes.baseAddress else { return nil }
    let base = start.assumingMemoryBound(to: UInt8.self)
    var p = 0
    while p < bytes.count {
      while p &+ 8 <= bytes.count,
        (start + p).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      { p &+= 8 }
      guard p < bytes.count else { return nil }
      let length = JSONScanner.sequenceLength(base, p, bytes.count)
      if length == 0 { return p }
      p &+= length
    }
    return nil
  }

  /// How many lines end within the bytes: at LF, CRLF or CR.
  static func lineEnds(_ bytes: UnsafeRawBufferPointer) -> Int {
    var lines = 0
    var last: UInt8 = 0
    for byte in bytes {
      if byte == 0x0A {
        if last != 0x0D { lines &+= 1 }
      } else if byte == 0x0D {
        lines &+= 1
      }
      last = byte
    }
    return lines
  }
}

/// What is wrong with one record of a file; the records behind it can still be read.
public struct RecordProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The field, from 0; nil if the whole record is concerned.
  public let field: Int?
  /// What is wrong, without the contents.
  public let reason: String

  /// Creates a problem.
  public init(line: Int, field: Int? = nil, _ reason: String) {
    self.line = line
    self.field = field
    self.reason = reason
  }

  /// One line with the place and the reason.
  public var description: String { "line \(line): \(reason)" }
}
