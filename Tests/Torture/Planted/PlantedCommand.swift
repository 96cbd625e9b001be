import ArgumentParser
import Foundation
import PageStore

/// `CareTorture planted`.
struct PlantedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "planted",
    abstract: "Plants one bug after the other in the engine, and shows that the parts find it.",
    discussion: """
      Each bug runs in a process of its own: the other parts with a small budget, then with larger \
      ones, until one of them reports a failure. Without a bug the whole budget must report nothing.
      What a part reported can be replayed by that part, with the bug's name in CAREFS_PLANTED.
      """)

  @Option(help: "Only this bug; none runs the budget without any.")
  var bug: String?

  @Option(help: "With --bug: how many budgets are tried, each larger than the one before.")
  var rungs = 3

  @Option(help: "How many bugs are looked for at a time.")
  var threads = 2

  @Flag(help: "Only prints the names of the bugs.")
  var list = false

  func run() throws {
    #if TEST_SWITCHES
      if list {
        for bug in PlantedBug.allCases { print(bug) }
      } else if let bug {
        try look(for: bug)
      } else {
        try lookForAll()
      }
    #else
      print("planted: 0, 0 caught: this program was built without the trait TestSwitches")
      throw ExitCode.failure
    #endif
  }

  #if TEST_SWITCHES
    /// So many steps of half a second without progress are a hang. A process that is stopped for a
    /// while counts one.
    private static let patience = 60

    /// In a child: climbs, and prints what came of it.
    private func look(for name: String) throws {
      guard name == "none" || PlantedBug.allCases.contains(where: { "\($0)" == name }) else {
        throw ValidationError("there is no bug \(name)")
      }
      PlantedBug.current = PlantedBug.allCases.first { "\($0)" == name }
      let progress = Guarded(Ladder.Progress())
      let clock = ContinuousClock()
      let began = clock.now
      Self.watch(progress, began)
      let caught = Ladder(progress).climb(rungs)
      let done = progress.withLock { $0 }
      let time = Self.text(began.duration(to: clock.now))
      guard let caught else { return print("nothing after \(done.amounts.description), \(time)") }
      print("caught by \(caught.part) after \(done.amounts.description), \(time)")
      print("  \(caught.message.prefix(400))")
      // What still runs in the background may be anything.
      fflush(nil)
      _exit(0)
    }

    private static func watch(
      _ progress: Guarded<Ladder.Progress>, _ began: ContinuousClock.Instant
    ) {
      Thread.detachNewThread {
        var last = -1
        var idle = 0
        while true {
          usleep(500_000)
          let now = progress.withLock { $0 }
          idle = now.amounts.sum == last ? idle + 1 : 0
          last = now.amounts.sum
          guard idle > patience else { continue }
          let time = text(began.duration(to: .now))
          print("caught by \(now.part) after \(now.amounts.description), \(time)\n  it hangs")
          fflush(nil)
          _exit(0)
        }
      }
    }

    private static func text(_ time: Duration) -> String {
      "\(time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000) ms"
    }

    // MARK: All of them

    /// Runs a child for each bug, and one for none.
    private func lookForAll() throws {
      // Children inherit both: runs of one seed must not differ, and a trap is no news.
      setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
      setenv("SWIFT_BACKTRACE", "enable=no", 1)
      let names = PlantedBug.allCases.map { "\($0)" } + ["none"]
      let caught = Guarded(0)
      let isQuiet = Guarded(false)
      Workers.run(names.count, threads: threads) { place in
        let (isCaught, text) = Self.child(names[place])
        print("planted: \(names[place]) \(text)")
        fflush(nil)
        if names[place] == "none" {
          isQuiet.withLock { $0 = !isCaught }
        } else if isCaught {
          caught.withLock { $0 += 1 }
        }
      }
      let total = names.count - 1
      let found = caught.withLock { $0 }
      print("planted: \(total), \(found) caught")
      guard found == total, isQuiet.withLock({ $0 }) else { throw ExitCode.failure }
    }

    private static func child(_ name: String) -> (isCaught: Bool, text: String) {
      do {
        let (status, output) = try Child(["planted", "--bug", name]).finish()
        let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.hasPrefix("caught") { return (true, text) }
        if status == 0 { return (false, "NOT CAUGHT: \(text)") }
        return (true, "caught, as the process ended with \(status)\n  \(text.suffix(200))")
      } catch { return (false, "could not run: \(error)") }
    }
  #endif
}
