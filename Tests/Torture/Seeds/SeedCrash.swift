import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Tells which seeds were running when the process traps: the last message that it gives.
enum SeedCrash {
  private static let recent = Recent()

  private final class Recent: Sendable {
    let first = Atomic<UInt64>(0)
    let second = Atomic<UInt64>(0)
    let third = Atomic<UInt64>(0)
  }

  /// Remembers a seed; `index` counts the seeds of the run.
  static func running(_ seed: UInt64, in index: Int) {
    switch index % 3 {
    case 0: recent.first.store(seed, ordering: .relaxed)
    case 1: recent.second.store(seed, ordering: .relaxed)
    default: recent.third.store(seed, ordering: .relaxed)
    }
  }

  /// Prints the last seeds on signals that end the process.
  static func watch() {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] {
      signal(number) { number in
        SeedCrash.write("failed: the process ended by a signal; the last seeds were ")
        SeedCrash.write(SeedCrash.recent.first.load(ordering: .relaxed))
        SeedCrash.write(", ")
        SeedCrash.write(SeedCrash.recent.second.load(ordering: .relaxed))
        SeedCrash.write(", ")
        SeedCrash.write(SeedCrash.recent.third.load(ordering: .relaxed))
        SeedCrash.write("\n")
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  /// Only what a signal handler may do.
  private static func write(_ text: StaticString) {
    withExtendedLifetime(text) {
      #if canImport(Darwin)
        _ = Darwin.write(1, text.utf8Start, text.utf8CodeUnitCount)
      #elseif canImport(Glibc)
        _ = Glibc.write(1, text.utf8Start, text.utf8CodeUnitCount)
      #elseif canImport(Musl)
        _ = Musl.write(1, text.utf8Start, text.utf8CodeUnitCount)
      #endif
    }
  }

  private static func write(_ number: UInt64) {
    if number >= 10 { write(number / 10) }
    switch number % 10 {
    case 0: write("0")
    case 1: write("1")
    case 2: write("2")
    case 3: write("3")
    case 4: write("4")
    case 5: write("5")
    case 6: write("6")
    case 7: write("7")
    case 8: write("8")
    default: write("9")
    }
  }
}
