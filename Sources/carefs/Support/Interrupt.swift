import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C: the first one lets the command roll back and end, the second one ends it at once. The
/// file is whole either way.
enum Interrupt {
  private static let asked = Atomic<Bool>(false)

  /// Begins to listen.
  static func listen() {
    // Without SA_RESTART a read that waits for input returns, so that Ctrl-C is felt at once.
    // The second one has the usual effect again.
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = Self.handler
      action.sa_flags = SA_RESETHAND
    #else
      action.__sigaction_handler.sa_handler = Self.handler
      action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND))
    #endif
    sigaction(SIGINT, &action, nil)
    // Programs with threads of their own often start others with signals blocked.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    sigaddset(&wanted, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
  }

  private static let handler: @convention(c) (CInt) -> Void = { _ in
    Interrupt.asked.store(true, ordering: .relaxed)
  }

  /// Throws after Ctrl-C.
  static func check() throws {
    if asked.load(ordering: .relaxed) {
      throw Failure(.interrupted, "interrupted; nothing of the unfinished work was kept")
    }
  }
}
