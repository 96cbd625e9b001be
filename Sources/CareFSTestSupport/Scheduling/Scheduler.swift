#if TEST_SWITCHES
  import PageStore

  /// Runs the threads of a test one at a time, in an order that a seed decides.
  ///
  /// Threads change places only where the engine takes, gives up or waits for a lock, where a thread
  /// starts or ends, at each call of a ``ScheduledFileSystem``, and where the test says ``pass(_:)``.
  /// So a race that one run in a million shows by chance comes back with its seed:
  ///
  /// ```swift
  /// let outcome = Scheduler(seed: 7).run {
  ///   let files = ScheduledFileSystem(SimulatedFileSystem())
  ///   // ... open a database on `files` ...
  ///   let reader = Scheduler.start { /* read */ }
  ///   // ... write ...
  ///   reader.join()
  /// }
  /// #expect(outcome.problem == nil)
  /// ```
  ///
  /// Time is virtual: a wait with a limit runs out only when nothing else can go on. When all threads
  /// wait for each other, the outcome says so and shows the last steps; those threads then stay as
  /// they are until the process ends. Everything that touches the database must run inside.
  ///
  /// Only with the package trait `TestSwitches`: without it the engine does not ask.
  public final class Scheduler: @unchecked Sendable {
    /// How a run ended.
    public struct Outcome: Sendable {
      /// The same for two runs of one seed, unless something else than the seed decided.
      public var hash: UInt64
      /// How many points were passed where another thread might have gone on.
      public var steps: Int
      /// How often another thread went on.
      public var turns: Int
      /// What went wrong with the threads: nil when all of them ended.
      public var problem: String?
    }

    // Only the thread that has the turn touches these, and turns are handed on under a lock.
    var random: SeededRandom
    var places: [ScheduledThread] = []
    var made = 0
    var held: Set<ObjectIdentifier> = []
    var trace: ScheduleTrace
    private let patience: Int
    private let stepLimit: Int
    private var steps = 0
    private var turns = 0

    private let door = Lock()
    private var isOver = false
    private var problem: String?

    /// A schedule that `seed` decides.
    ///
    /// - Parameters:
    ///   - patience: about how many points a thread passes before another goes on; nil lets the seed
    ///     decide between 2 and 128.
    ///   - stepLimit: the points after which a run counts as endless.
    public init(seed: UInt64, patience: Int? = nil, stepLimit: Int = 20_000_000) {
      var random = SeededRandom(seed)
      self.patience = patience ?? 2 << random.below(7)
      self.random = random
      self.stepLimit = stepLimit
      trace = ScheduleTrace()
    }

    /// Runs `body` as the first thread, and all threads that it and the engine start; returns when
    /// the last has ended.
    public func run(_ body: @escaping @Sendable () -> Void) -> Outcome {
      let first = makePlace()
      first.state = .running
      first.hasTurn = true
      let outer = ThreadSchedule.place
      ThreadSchedule.place = first
      // The new thread asks the current one's place for its own: hand it the first.
      first.isHandedOut = true
      let thread = WorkThread.start(body)
      ThreadSchedule.place = outer
      guard thread != nil else {
        return Outcome(hash: 0, steps: 0, turns: 0, problem: "the system gave no thread")
      }
      door.systemLock()
      while !isOver { door.systemWait() }
      defer { door.systemUnlock() }
      return Outcome(hash: trace.hash, steps: steps, turns: turns, problem: problem)
    }

    /// Starts a thread that the current schedule, if there is one, runs with the others.
    public static func start(_ body: @escaping @Sendable () -> Void) -> Thread {
      Thread(thread: WorkThread.start(body))
    }

    /// A point where another thread may go on. Outside a schedule nothing happens.
    public static func pass(_ point: StaticString = "pass") { ThreadSchedule.place?.pass(point) }

    /// A thread of a test.
    public struct Thread: Sendable {
      let thread: WorkThread?

      /// Waits until the thread has ended.
      public func join() { thread?.join() }
    }
  }

  // MARK: Turns

  extension Scheduler {
    func makePlace() -> ScheduledThread {
      let place = ScheduledThread(made, self)
      made += 1
      places.append(place)
      return place
    }

    /// A point that `place`, whose turn it is, passes.
    func pass(_ place: ScheduledThread, _ event: ScheduleTrace.Event, _ object: ObjectIdentifier?) {
      note(place, event, object)
      guard patience == 1 || random.below(patience) == 0 else { return }
      place.state = .ready
      handOn(place)
    }

    func note(_ place: ScheduledThread, _ event: ScheduleTrace.Event, _ object: ObjectIdentifier?) {
      trace.add(place.number, event, object)
      steps += 1
      if steps == stepLimit { give(up: "no end after \(steps) steps", place) }
    }

    /// Lets the next thread go on, and returns when `place` may again.
    func handOn(_ place: ScheduledThread) {
      guard let next = choose() else { give(up: "all threads wait", place) }
      next.state = .running
      guard next !== place else { return }
      turns += 1
      trace.turn(to: next.number)
      next.give()
      place.takeTurn()
    }

    /// `place` has ended.
    func finish(_ place: ScheduledThread) {
      trace.add(place.number, .end, nil)
      places.removeAll { $0 === place }
      guard !places.isEmpty else { return end(nil) }
      guard let next = choose() else {
        return end(report("all threads that are left wait"))
      }
      next.state = .running
      turns += 1
      trace.turn(to: next.number)
      next.give()
    }

    private func choose() -> ScheduledThread? {
      var ready = 0
      var timed = 0
      for place in places {
        if place.isReady { ready += 1 }
        if place.isTimed { timed += 1 }
      }
      if ready > 0 {
        var index = random.below(ready)
        for place in places where place.isReady {
          if index == 0 { return place }
          index -= 1
        }
      }
      guard timed > 0 else { return nil }
      var index = random.below(timed)
      for place in places where place.isTimed {
        if index == 0 {
          place.timedOut = true
          return place
        }
        index -= 1
      }
      return nil
    }

    /// Ends the run and keeps this thread where it is.
    private func give(up reason: String, _ place: ScheduledThread) -> Never {
      end(report(reason))
      while true { place.takeTurn() }
    }

    private func report(_ reason: String) -> String {
      let waiting = places.map { "  thread \($0.number): \(trace.describe($0.state))" }
      return ([reason] + waiting + ["last steps:"] + trace.lastSteps).joined(separator: "\n")
    }

    private func end(_ problem: String?) {
      door.systemLock()
      self.problem = problem
      isOver = true
      door.systemBroadcast()
      door.systemUnlock()
    }
  }
#endif
