#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Buffered writing to a file descriptor.
final class Output {
  private let descriptor: Int32
  private let owned: Bool
  private let name: String
  private var buffer: [UInt8] = []
  /// The bytes handed to the system.
  private(set) var sent = 0
  private static let capacity = 1 << 16

  /// Writes to a descriptor that someone else closes.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    owned = false
    name = descriptor == 1 ? "standard output" : "standard error"
    buffer.reserveCapacity(Self.capacity)
  }

  /// Creates a file that only its owner can read, or empties it.
  ///
  /// - Parameter name: what messages call it.
  init(creating path: String, named name: String) throws {
    self.name = name
    // What stands there already is the rest of a process of the same number, or was planted: a link
    // in its place is not followed.
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    var made = open(path, flags, 0o600)
    if made < 0, errno == EEXIST, unlink(path) == 0 { made = open(path, flags, 0o600) }
    descriptor = made
    owned = true
    // Records are for their owner alone, whatever the umask.
    guard descriptor >= 0, fchmod(descriptor, 0o600) == 0 else {
      throw SystemCall.failure("cannot create", name)
    }
    buffer.reserveCapacity(Self.capacity)
  }

  deinit {
    if owned, descriptor >= 0 { _ = close(descriptor) }
  }

  func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count > Self.capacity { try flush() }
    if bytes.count >= Self.capacity {
      try send(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  func line(_ text: String = "") throws {
    try write(text)
    try write([UInt8(ascii: "\n")])
  }

  /// Hands everything to the system.
  func flush() throws {
    guard !buffer.isEmpty else { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    try buffer.withUnsafeBytes { try send($0) }
  }

  /// Forgets everything; false when some of it is out of reach already.
  func rewind() -> Bool {
    guard owned || sent == 0 else { return false }
    cut(to: 0)
    return true
  }

  /// Forgets what is not handed over, and cuts the file after its first bytes.
  func cut(to length: Int) {
    buffer.removeAll(keepingCapacity: true)
    if owned {
      _ = ftruncate(descriptor, off_t(length))
      _ = lseek(descriptor, off_t(length), SEEK_SET)
    }
    sent = length
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Darwin)
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #endif
      if count >= 0 {
        rest = rest.dropFirst(count)
        sent += count
      } else if errno == EPIPE {
        throw BrokenPipe()
      } else if errno != EINTR {
        let failure = SystemCall.failure("cannot write", name)
        throw Failure(.io, failure.message)
      }
    }
  }
}
