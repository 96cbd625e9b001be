#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Another run of this program, with pipes to its input and from its output.
final class ChildProcess {
  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private var isEnded = false

  /// Starts this program with arguments.
  init(_ arguments: [String]) throws {
    guard let program = Self.program() else {
      throw Failure(.io, "cannot find the program's own file")
    }
    let toChild = try Self.pipe()
    let fromChild = try Self.pipe()
    input = toChild.write
    output = fromChild.read
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
    for descriptor in [toChild.read, toChild.write, fromChild.read, fromChild.write] {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var id: pid_t = 0
    let result = posix_spawn(&id, program, &actions, nil, words, environ)
    _ = close(toChild.read)
    _ = close(fromChild.write)
    process = id
    guard result == 0 else {
      isEnded = true
      throw Failure(.io, "cannot start \(program): \(String(cString: strerror(result)))")
    }
  }

  deinit {
    kill()
    _ = close(input)
    _ = close(output)
  }

  /// Gives the child some input; false when it has closed its input.
  func send(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  /// What the child has printed by now; empty at the end of its output. Waits for something.
  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }
  }

  /// Ends the child at once, without a chance to tidy up, and waits until it is gone.
  func kill() {
    guard !isEnded else { return }
    isEnded = true
    signalKill(process)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard makePipe(&ends) == 0 else { throw SystemCall.failure("cannot make", "a pipe") }
    // The child gets copies without this mark, so that neither end stays open by accident.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// The file of this program.
  private static func program() -> String? {
    #if canImport(Darwin)
      var size: UInt32 = 4096
      var buffer = [CChar](repeating: 0, count: Int(size))
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
      return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    #else
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text in
          text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1
        }
      }
      return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    #endif
  }
}

private func makePipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
private func signalKill(_ process: pid_t) { kill(process, SIGKILL) }
