#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reading of a file or of standard input.
final class FileInput {
  /// How messages name it.
  let name: String
  /// The size in bytes; 0 when it is not known.
  let size: Int
  /// The bytes read so far.
  private(set) var position = 0
  private let descriptor: Int32

  /// Opens a file; `-` is standard input.
  ///
  /// - Parameter name: how messages name it; nil is by its path.
  init(_ path: String, named name: String? = nil) throws {
    if path == "-" {
      self.name = "standard input"
      descriptor = 0
      size = 0
      return
    }
    self.name = name ?? path
    if SystemCall.isFolder(path) { throw Failure(.cannotOpen, "\(path) is a folder, not a file") }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemCall.failure("cannot open", path) }
    size = SystemCall.size(path)
  }

  deinit {
    if descriptor > 0 { _ = close(descriptor) }
  }

  /// Goes back to the beginning; false where that is impossible, as for a pipe.
  func rewind() -> Bool {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { return false }
    position = 0
    return true
  }

  /// Reads some bytes; 0 is the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 {
        position += count
        return count
      }
      if errno == EINTR {
        try Interrupt.check()
        continue
      }
      throw SystemCall.failure("cannot read", name)
    }
  }

  /// Everything that is left.
  func readAll() throws -> [UInt8] {
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try chunk.withUnsafeMutableBytes { try read(into: $0) }
      if count == 0 { return out }
      out.append(contentsOf: chunk[..<count])
    }
  }
}
