#if TEST_SWITCHES
  import BTree
  import CareFSTestSupport
  import Synchronization

  /// The parts of this program one after the other with a small budget, then with a larger one, and
  /// so on, until one of them reports a failure.
  ///
  /// They are the parts as they are, with their workloads and oracles; only how much they do differs.
  /// One thread uses it; what it does does not depend on time.
  final class Ladder {
    /// What reported a failure, and what it said.
    struct Catch {
      var part: String
      var message: String
    }

    /// How much was done, for all to see while it goes on.
    struct Amounts: Sendable {
      var images = 0
      var faults = 0
      var flips = 0
      var seeds = 0

      var description: String {
        "\(images) images, \(faults) faults, \(flips) flips, \(seeds) seeds"
      }
      var sum: Int { images + faults + flips + seeds }
    }

    /// One budget.
    private struct Rung {
      /// One in so many images, and of those one in so many is cut again inside its recovery.
      var sample: Int
      var nestEvery: Int
      var seeds: ClosedRange<UInt64>
      /// One in so many workloads, and in each one in so many places of faults.
      var workloads: Int
      var stride: Int
      /// The same of places where the disk loses a write, which are few.
      var lossStride: Int
      /// One in so many bytes.
      var flipStride: Int
    }

    private static let rungs = [
      Rung(
        sample: 97, nestEvery: 6, seeds: 1...12, workloads: 6, stride: 41, lossStride: 41,
        flipStride: 4_093),
      Rung(
        sample: 31, nestEvery: 8, seeds: 13...48, workloads: 2, stride: 29, lossStride: 29,
        flipStride: 1_021),
      Rung(
        sample: 9, nestEvery: 80, seeds: 49...160, workloads: 1, stride: 13, lossStride: 1,
        flipStride: 127),
    ]

    private let progress: Guarded<Progress>

    /// What a watcher on another thread sees.
    struct Progress: Sendable {
      var part = "images"
      var amounts = Amounts()
    }

    init(_ progress: Guarded<Progress>) { self.progress = progress }

    /// The first failure within so many budgets; nil when there is none.
    func climb(_ count: Int) -> Catch? {
      for (number, rung) in Self.rungs.prefix(count).enumerated() {
        let parts = [
          ("images", images), ("files", files), ("seeds", seeds), ("faults", faults),
          ("flips", flips), ("calls", calls),
        ]
        for (name, part) in parts {
          progress.withLock { $0.part = name }
          do {
            if let message = try part(rung, number) { return Catch(part: name, message: message) }
          } catch { return Catch(part: name, message: "\(error)") }
        }
      }
      return nil
    }

    private func note(_ change: (inout Amounts) -> Void) {
      progress.withLock { change(&$0.amounts) }
    }

    private func images(_ rung: Rung, _ number: Int) -> String? {
      for workload in Workload.all {
        let tally = ImageTally()
        var explorer = ImageExplorer(workload, tally)
        explorer.rounds = number + 1
        explorer.sample = rung.sample
        explorer.nestEvery = rung.nestEvery
        var counted = 0
        explorer.explore {
          let checked = tally.checkedCount
          note { $0.images += checked - counted }
          counted = checked
          return tally.firstFailure != nil
        }
        note { $0.images += tally.checkedCount - counted }
        if let failure = tally.firstFailure { return failure }
      }
      return nil
    }

    private func seeds(_ rung: Rung, _ number: Int) -> String? {
      for seed in rung.seeds {
        let plan = SeedPlan(seed)
        TreeSwitches.splitsEarly = plan.splitsEarly
        defer { TreeSwitches.splitsEarly = false }
        note { $0.seeds += 1 }
        if let failure = SeedTrial(plan).failure { return "--seed \(seed): \(failure)" }
      }
      return nil
    }

    private func workloads(_ rung: Rung, _ number: Int) -> [Workload] {
      Workload.all.enumerated().filter { ($0.offset + number) % rung.workloads == 0 }.map(\.element)
    }

    private func faults(_ rung: Rung, _ number: Int) -> String? {
      for workload in workloads(rung, number) {
        for kind in FaultClass.loud + FaultClass.silent {
          let count = FaultCount(kind.name)
          let stride = kind.name == "F8" ? rung.lossStride : rung.stride
          FaultSweep(kind: kind, workload: workload, count: count, stride: stride).run()
          note { $0.faults += count.count }
          if let failure = count.firstFailure { return failure }
        }
      }
      return nil
    }

    private func files(_ rung: Rung, _ number: Int) throws -> String? {
      for workload in workloads(rung, number) {
        let files = FileFaults(workload: workload, stride: rung.stride)
        // Pages that exchange places need no power cut: they are cheap to try.
        let exchanged = FileFaults(workload: workload, stride: rung.stride / 8)
        let count = FaultCount("files")
        for part in [
          exchanged.exchanges, files.headers, files.logs, files.cuts, files.fullDisks,
        ] {
          try part(count)
          if let failure = count.firstFailure { return failure }
        }
        note { $0.faults += count.count }
      }
      return nil
    }

    private func flips(_ rung: Rung, _ number: Int) throws -> String? {
      // Of a smaller log most would be room that nothing has been written to.
      let targets = try [
        ("log", FlipTarget.log(256 << 10)), ("pages", FlipTarget.pages(64 << 10)),
      ]
      for (name, target) in targets {
        for offset in stride(from: number, to: target.count, by: rung.flipStride) {
          note { $0.flips += 1 }
          guard case .silent(let what) = target.judge(offset: offset, mask: 1 << UInt8(offset & 7))
          else { continue }
          return "\(name) \(offset): \(what)"
        }
      }
      return nil
    }

    private func calls(_ rung: Rung, _ number: Int) -> String? {
      let count = FaultCount("F1")
      SystemFaults.run(number + 1...number + 3, count)
      note { $0.faults += count.count }
      return count.firstFailure
    }
  }
#endif
