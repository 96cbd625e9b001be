/// A thread that runs checkpoints when it is woken.
final class Checkpointer: @unchecked Sendable {
  private weak var pager: Pager?
  private let lock = Lock()
  private var isDue = false
  private var isStopping = false
  private var thread: WorkThread?

  init(pager: Pager) { self.pager = pager }

  /// Asks for a checkpoint soon.
  func wake() {
    lock.with {
      guard !isStopping else { return }
      isDue = true
      if thread == nil { thread = WorkThread.start { self.run() } }
      lock.broadcast()
    }
  }

  /// Ends the thread and waits for it.
  func stop() {
    let running = lock.with { () -> WorkThread? in
      isStopping = true
      lock.broadcast()
      defer { thread = nil }
      return thread
    }
    running?.join()
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
