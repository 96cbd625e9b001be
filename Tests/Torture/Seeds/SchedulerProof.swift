#if TEST_SWITCHES
  import CareFSTestSupport
  import PageStore
  import Synchronization

  /// Shows that the scheduler finds what it is there for, before a run relies on it.
  enum SchedulerProof {
    /// What the scheduler missed; empty when it works.
    static func failures() -> [String] {
      var failures: [String] = []
      let races = (0..<200).filter { lostUpdate($0) }.count
      if races == 0 || races == 200 { failures.append("a lost update showed in \(races) of 200") }
      let stuck = (0..<200).compactMap { deadlock($0) }
      if stuck.isEmpty || stuck.count == 200 || !stuck.allSatisfy({ $0.contains("wants lock") }) {
        failures.append("a deadlock showed in \(stuck.count) of 200")
      }
      for seed in UInt64(0)..<50 where outcome(seed).hash != outcome(seed).hash {
        failures.append("schedule \(seed) differs from itself")
      }
      if Set((UInt64(0)..<50).map { outcome($0).hash }).count < 40 {
        failures.append("different seeds give the same schedule")
      }
      if !timesOut() { failures.append("a wait for a time never ends") }
      return failures
    }

    /// Whether two threads that each read, let the lock go, and write lose an update.
    private static func lostUpdate(_ seed: UInt64) -> Bool {
      let lock = Lock()
      let count = Atomic<Int>(0)
      let shared = Shared(lock: lock, count: count)
      _ = Scheduler(seed: seed, patience: 2).run {
        let threads = (0..<2).map { _ in
          Scheduler.start {
            let seen = shared.lock.with { shared.count.load(ordering: .relaxed) }
            shared.lock.with { shared.count.store(seen + 1, ordering: .relaxed) }
          }
        }
        for thread in threads { thread.join() }
      }
      return shared.count.load(ordering: .relaxed) < 2
    }

    /// The report of two threads that take two locks in opposite orders; nil when they got through.
    private static func deadlock(_ seed: UInt64) -> String? {
      let one = Lock()
      let two = Lock()
      return Scheduler(seed: seed, patience: 2).run {
        let other = Scheduler.start { one.with { two.with {} } }
        two.with { one.with {} }
        other.join()
      }.problem
    }

    private static func outcome(_ seed: UInt64) -> Scheduler.Outcome {
      let lock = Lock()
      return Scheduler(seed: seed).run {
        let threads = (0..<4).map { _ in
          Scheduler.start { for _ in 0..<20 { lock.with { Scheduler.pass("inside") } } }
        }
        for thread in threads { thread.join() }
      }
    }

    private static func timesOut() -> Bool {
      let lock = Lock()
      let result = Atomic<Bool>(true)
      let shared = Shared(lock: lock, count: Atomic<Int>(0), flag: result)
      let outcome = Scheduler(seed: 1).run {
        let isInTime = shared.lock.with { shared.lock.wait(milliseconds: 3_600_000) }
        shared.flag.store(isInTime, ordering: .relaxed)
      }
      return outcome.problem == nil && !shared.flag.load(ordering: .relaxed)
    }

    private final class Shared: Sendable {
      let lock: Lock
      let count: Atomic<Int>
      let flag: Atomic<Bool>

      init(
        lock: Lock, count: consuming Atomic<Int>,
        flag: consuming Atomic<Bool> = Atomic<Bool>(false)
      ) {
        self.lock = lock
        self.count = count
        self.flag = flag
      }
    }
  }
#endif
