/// Something that bytes are read from once, in order: a file, a pipe, a decompressor.
public protocol ByteSource: AnyObject {
  /// Reads some bytes to the start of a buffer, as soon as there are any.
  ///
  /// - Parameter buffer: not empty.
  /// - Returns: how many bytes were read; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Bytes in memory as a source.
public final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0
  private let step: Int

  /// Creates a source.
  ///
  /// - Parameter step: how many bytes to give at most at a time.
  public init(_ bytes: [UInt8], step: Int = .max) {
    self.bytes = bytes
    self.step = max(step, 1)
  }

  /// Reads the next bytes.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(buffer.count, bytes.count - position, step)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

/// Why a text or compressed file cannot be read on. The message does not contain its contents.
public struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1, where it went wrong; nil for compressed files.
  public let line: Int?
  /// What is wrong.
  public let reason: String

  /// Creates an error.
  public init(line: Int? = nil, _ reason: String) {
    self.line = line
    self.reason = reason
  }

  /// One line with the place and the reason.
  public var description: String {
    line.map { "line \($0): \(reason)" } ?? reason
  }
}
