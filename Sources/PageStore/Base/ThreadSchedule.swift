#if TEST_SWITCHES
  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// A thread's place in a test that decides which of several threads goes on.
  ///
  /// Every lock, wait and new thread asks the place of the thread that runs. A thread without one is
  /// left to the system.
  package protocol ScheduledPlace: AnyObject, Sendable {
    /// Takes `lock`; others may go first.
    func lock(_ lock: Lock)
    /// Takes `lock` if nobody has it.
    func tryLock(_ lock: Lock) -> Bool
    /// Gives `lock` to whoever is chosen next.
    func unlock(_ lock: Lock)
    /// Gives `lock` up until a broadcast and takes it again; false when the time ran out.
    func wait(for lock: Lock, isTimed: Bool) -> Bool
    /// Lets all that wait for `lock` go on.
    func broadcast(_ lock: Lock)
    /// A point of the program where another thread may go on.
    func pass(_ point: StaticString)

    /// A place for a thread that this one is about to start.
    func makePlace() -> any ScheduledPlace
    /// The first thing that a thread does: waits for its turn.
    func begin()
    /// The last thing that a thread does: hands its turn on for good.
    func end()
    /// There will be no thread for this place.
    func cancel()
  }

  /// Where the place of the running thread is kept.
  package enum ThreadSchedule {
    private final class Box {
      let place: any ScheduledPlace
      init(_ place: any ScheduledPlace) { self.place = place }
    }

    private static let key: pthread_key_t = {
      var key = pthread_key_t()
      pthread_key_create(&key, nil)
      return key
    }()

    /// The place of the running thread; nil when the system schedules it.
    package static var place: (any ScheduledPlace)? {
      get {
        guard let word = pthread_getspecific(key) else { return nil }
        return Unmanaged<Box>.fromOpaque(word).takeUnretainedValue().place
      }
      set {
        if let old = pthread_getspecific(key) { Unmanaged<Box>.fromOpaque(old).release() }
        pthread_setspecific(key, newValue.map { Unmanaged.passRetained(Box($0)).toOpaque() })
      }
    }
  }
#endif

/// A point between two steps without a lock, where a scheduled test may let another thread go on.
@inline(__always)
func schedulePoint(_ name: StaticString) {
  #if TEST_SWITCHES
    ThreadSchedule.place?.pass(name)
  #endif
}
