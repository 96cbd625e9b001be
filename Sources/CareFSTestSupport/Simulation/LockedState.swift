import PageStore

/// The state of a simulated file system behind a lock that the thread sanitizer understands.
final class LockedState: @unchecked Sendable {
  private let lock = Lock()
  private var state: SimulatedFileSystem.State

  init(_ state: SimulatedFileSystem.State) { self.state = state }

  func withLock<R, E: Error>(
    _ body: (inout SimulatedFileSystem.State) throws(E) -> R
  ) throws(E) -> R {
    lock.lock()
    defer { lock.unlock() }
    return try body(&state)
  }
}
