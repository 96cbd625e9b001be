#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread that runs one closure to its end.
package final class WorkThread: @unchecked Sendable {
  private let lock = Lock()
  private var body: (@Sendable () -> Void)?
  private var runner: ThreadIdentity?
  private var isOver = false
  #if TEST_SWITCHES
    private let place = ThreadSchedule.place?.makePlace()
  #endif

  private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// Runs `body` on a new thread; nil when the system gives none.
  package static func start(_ body: @escaping @Sendable () -> Void) -> WorkThread? {
    let thread = WorkThread(body)
    let box = Unmanaged.passRetained(thread)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Darwin)
      var handle: pthread_t?
    #else
      var handle = pthread_t()
    #endif
    let result = pthread_create(
      &handle, &attributes,
      { argument in
        let argument: UnsafeMutableRawPointer? = argument
        if let argument { Unmanaged<WorkThread>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, box.toOpaque())
    guard result == 0 else {
      #if TEST_SWITCHES
        thread.place?.cancel()
      #endif
      box.release()
      return nil
    }
    return thread
  }

  private func run() {
    #if TEST_SWITCHES
      ThreadSchedule.place = place
      place?.begin()
      defer {
        ThreadSchedule.place = nil
        place?.end()
      }
    #endif
    runBody()
  }

  private func runBody() {
    let body = lock.with { () -> (@Sendable () -> Void)? in
      runner = .current
      defer { self.body = nil }
      return self.body
    }
    body?()
    lock.with {
      isOver = true
      lock.broadcast()
    }
  }

  /// Waits until the closure has returned. On the thread itself there is nothing to wait for.
  package func join() {
    lock.with {
      if runner == .current { return }
      while !isOver { lock.wait() }
    }
  }
}

/// Which thread runs, for comparing.
package struct ThreadIdentity: Equatable, @unchecked Sendable {
  private let handle: pthread_t

  /// The thread that asks.
  package static var current: ThreadIdentity { ThreadIdentity(handle: pthread_self()) }

  package static func == (left: Self, right: Self) -> Bool {
    pthread_equal(left.handle, right.handle) != 0
  }
}
