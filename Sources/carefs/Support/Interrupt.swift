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
    signal(SIGINT) { _ in
      Interrupt.asked.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }

  /// Throws after Ctrl-C.
  static func check() throws {
    if asked.load(ordering: .relaxed) {
      throw Failure(.interrupted, "interrupted; nothing of the unfinished work was kept")
    }
  }
}
