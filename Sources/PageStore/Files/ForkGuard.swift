import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Tells a process that was made by fork from the one that opened a database.
///
/// The child has the parent's descriptors and shares its lock, but none of its threads: a lock that
/// one of them held is held for ever, and what both wrote would tear the file.
package struct ForkGuard: Sendable {
  private static let forks = Atomic<Int>(0)
  private static let isWatching: Bool =
    pthread_atfork(nil, nil, { ForkGuard.forks.wrappingAdd(1, ordering: .relaxed) }) == 0

  private let generation: Int

  /// Remembers the process that runs.
  package init() {
    _ = Self.isWatching
    generation = Self.forks.load(ordering: .relaxed)
  }

  /// Whether another process made this one since.
  @inline(__always)
  package var isChild: Bool { Self.forks.load(ordering: .relaxed) != generation }
}
