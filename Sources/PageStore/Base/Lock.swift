#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A mutual exclusion lock with one condition, on pthreads: the thread sanitizer understands it.
///
/// The one lock of the engine, so that a test can schedule whoever waits for it.
package final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  @inline(__always) package func lock() {
    #if TEST_SWITCHES
      if let place = ThreadSchedule.place { return place.lock(self) }
    #endif
    systemLock()
  }

  /// Takes the lock if that needs no waiting.
  package func tryLock() -> Bool {
    #if TEST_SWITCHES
      if let place = ThreadSchedule.place { return place.tryLock(self) }
    #endif
    return systemTryLock()
  }

  @inline(__always) package func unlock() {
    #if TEST_SWITCHES
      if let place = ThreadSchedule.place { return place.unlock(self) }
    #endif
    systemUnlock()
  }

  /// Gives the lock up until `signal` or `broadcast`, then takes it again.
  package func wait() {
    #if TEST_SWITCHES
      if let place = ThreadSchedule.place {
        _ = place.wait(for: self, isTimed: false)
        return
      }
    #endif
    systemWait()
  }

  /// As `wait`, for at most `milliseconds`; false when the time ran out.
  package func wait(milliseconds: Int) -> Bool {
    #if TEST_SWITCHES
      if let place = ThreadSchedule.place { return place.wait(for: self, isTimed: true) }
    #endif
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let nanos = Int(now.tv_nsec) + (milliseconds % 1000) * 1_000_000
    now.tv_sec += milliseconds / 1000 + nanos / 1_000_000_000
    now.tv_nsec = nanos % 1_000_000_000
    return pthread_cond_timedwait(condition, mutex, &now) == 0
  }

  package func broadcast() {
    #if TEST_SWITCHES
      if let place = ThreadSchedule.place { place.broadcast(self) }
    #endif
    systemBroadcast()
  }

  @inline(__always) package func with<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    lock()
    defer { unlock() }
    return try body()
  }

  // MARK: The system's own, for those who schedule threads themselves

  @inline(__always) package func systemLock() { pthread_mutex_lock(mutex) }
  package func systemTryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }
  @inline(__always) package func systemUnlock() { pthread_mutex_unlock(mutex) }
  package func systemWait() { pthread_cond_wait(condition, mutex) }
  package func systemBroadcast() { pthread_cond_broadcast(condition) }
}

/// The wall clock in microseconds since 1970 UTC.
func wallClockMicroseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
}

/// The process that runs this code.
func currentProcessID() -> Int32 { getpid() }
