#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread that runs checkpoints when it is woken.
final class Checkpointer: @unchecked Sendable {
  private weak var pager: Pager?
  private let lock = Lock()
  private var isDue = false
  private var isStopping = false
  private var thread: pthread_t?

  init(pager: Pager) { self.pager = pager }

  /// Asks for a checkpoint soon.
  func wake() {
    lock.with {
      guard !isStopping else { return }
      isDue = true
      if thread == nil { start() }
      lock.broadcast()
    }
  }

  /// Ends the thread and waits for it.
  func stop() {
    let running = lock.with { () -> pthread_t? in
      isStopping = true
      lock.broadcast()
      defer { thread = nil }
      return thread
    }
    if let running, pthread_equal(running, pthread_self()) == 0 { pthread_join(running, nil) }
  }

  private func start() {
    let box = Unmanaged.passRetained(self).toOpaque()
    #if canImport(Darwin)
      var made: pthread_t?
    #else
      var made = pthread_t()
    #endif
    let result = pthread_create(
      &made, nil,
      { argument in
        #if canImport(Darwin)
          Unmanaged<Checkpointer>.fromOpaque(argument).takeRetainedValue().run()
        #else
          if let argument {
            Unmanaged<Checkpointer>.fromOpaque(argument).takeRetainedValue().run()
          }
        #endif
        return nil
      }, box)
    if result == 0 {
      thread = made
    } else {
      Unmanaged<Checkpointer>.fromOpaque(box).release()
    }
  }

  private func run() {
    while true {
      lock.lock()
      while !isDue && !isStopping { lock.wait() }
      isDue = false
      let isOver = isStopping
      lock.unlock()
      if isOver { return }
      // A failed checkpoint loses nothing: the log keeps all, and poisons itself where it must.
      try? pager?.checkpoint()
    }
  }
}
