#if TEST_SWITCHES
  /// What the threads of a schedule did: a hash of all of it, and the last steps.
  struct ScheduleTrace {
    enum Event {
      case start, end, lock, tryLock, unlock, wait, broadcast
      case point(StaticString)

      var number: UInt64 {
        switch self {
        case .start: 1
        case .end: 2
        case .lock: 3
        case .tryLock: 4
        case .unlock: 5
        case .wait: 6
        case .broadcast: 7
        case .point(let name): 8 &+ UInt64(name.utf8CodeUnitCount)
        }
      }

      var text: String {
        switch self {
        case .point(let name): name.description
        default: "\(self)"
        }
      }
    }

    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var ring: [(thread: Int, event: Event, object: ObjectIdentifier?)] = []
    private var next = 0
    private static let length = 60

    private mutating func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }

    mutating func turn(to thread: Int) { mix(0x10000 &+ UInt64(thread)) }

    mutating func add(_ thread: Int, _ event: Event, _ object: ObjectIdentifier?) {
      mix(UInt64(thread) &* 256 &+ event.number)
      let step = (thread, event, object)
      if ring.count < Self.length {
        ring.append(step)
      } else {
        ring[next] = step
      }
      next = (next + 1) % Self.length
    }

    /// The last steps, the oldest first. Locks have letters in the order of their first use there.
    var lastSteps: [String] {
      var names: [ObjectIdentifier: Int] = [:]
      let ordered = ring.count < Self.length ? ring : Array(ring[next...] + ring[..<next])
      return ordered.map { step in
        guard let object = step.object else { return "  thread \(step.thread): \(step.event.text)" }
        let name = names[object] ?? names.count
        names[object] = name
        return "  thread \(step.thread): \(step.event.text) \(name) (\(short(object)))"
      }
    }

    func describe(_ state: ScheduledThread.State) -> String {
      switch state {
      case .ready: "ready"
      case .running: "runs"
      case .wants(let lock): "wants lock \(short(lock))"
      case .waits(let lock, let isTimed):
        "waits for a broadcast of \(short(lock))\(isTimed ? ", for a time" : "")"
      }
    }

    private func short(_ object: ObjectIdentifier) -> String {
      String(UInt(bitPattern: object) & 0xFF_FFFF, radix: 16)
    }
  }
#endif
