#if TEST_SWITCHES
  import PageStore

  /// One thread of a schedule, and the locks and waits of the engine on it.
  final class ScheduledThread: ScheduledPlace, @unchecked Sendable {
    enum State {
      case ready
      case running
      case wants(ObjectIdentifier)
      case waits(ObjectIdentifier, isTimed: Bool)
    }

    let number: Int
    private let scheduler: Scheduler
    var state = State.ready
    var timedOut = false
    /// Set on the first place, which the thread that is made next takes over.
    var isHandedOut = false

    private let baton = Lock()
    var hasTurn = false

    init(_ number: Int, _ scheduler: Scheduler) {
      self.number = number
      self.scheduler = scheduler
    }

    var isReady: Bool {
      if case .ready = state { true } else { false }
    }

    var isTimed: Bool {
      if case .waits(_, isTimed: true) = state { true } else { false }
    }

    // MARK: Turns

    /// Hands the turn to this thread.
    func give() {
      baton.systemLock()
      hasTurn = true
      baton.systemUnlock()
      // Woken with the lock held, it would fall asleep again at once.
      baton.systemBroadcast()
    }

    /// Returns when this thread has the turn.
    func takeTurn() {
      baton.systemLock()
      while !hasTurn { baton.systemWait() }
      hasTurn = false
      baton.systemUnlock()
    }

    func makePlace() -> any ScheduledPlace {
      if isHandedOut {
        isHandedOut = false
        return self
      }
      scheduler.note(self, .start, nil)
      return scheduler.makePlace()
    }

    func begin() { takeTurn() }

    func end() { scheduler.finish(self) }

    func cancel() { scheduler.places.removeAll { $0 === self } }

    func pass(_ point: StaticString) { scheduler.pass(self, .point(point), nil) }

    // MARK: Locks

    func lock(_ lock: Lock) {
      scheduler.pass(self, .lock, ObjectIdentifier(lock))
      acquire(lock)
    }

    func tryLock(_ lock: Lock) -> Bool {
      scheduler.pass(self, .tryLock, ObjectIdentifier(lock))
      guard lock.systemTryLock() else { return false }
      scheduler.held.insert(ObjectIdentifier(lock))
      return true
    }

    func unlock(_ lock: Lock) {
      release(lock)
      scheduler.pass(self, .unlock, ObjectIdentifier(lock))
    }

    func wait(for lock: Lock, isTimed: Bool) -> Bool {
      let id = ObjectIdentifier(lock)
      scheduler.note(self, .wait, id)
      release(lock)
      timedOut = false
      state = .waits(id, isTimed: isTimed)
      scheduler.handOn(self)
      let isInTime = !timedOut
      acquire(lock)
      return isInTime
    }

    func broadcast(_ lock: Lock) {
      let id = ObjectIdentifier(lock)
      for place in scheduler.places {
        if case .waits(id, _) = place.state { place.state = .ready }
      }
      scheduler.pass(self, .broadcast, id)
    }

    private func acquire(_ lock: Lock) {
      let id = ObjectIdentifier(lock)
      while !lock.systemTryLock() {
        guard scheduler.held.contains(id) else {
          // A thread outside the schedule has it, for a moment.
          lock.systemLock()
          break
        }
        state = .wants(id)
        scheduler.handOn(self)
      }
      scheduler.held.insert(id)
    }

    private func release(_ lock: Lock) {
      let id = ObjectIdentifier(lock)
      scheduler.held.remove(id)
      lock.systemUnlock()
      for place in scheduler.places {
        if case .wants(id) = place.state { place.state = .ready }
      }
    }
  }
#endif
