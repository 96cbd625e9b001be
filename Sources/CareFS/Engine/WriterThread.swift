import PageStore

/// One thread that runs the asynchronous writes of a database in order, so that no task of the
/// cooperative pool ever waits for the writer or the disk.
///
/// Jobs that queue up while one runs are run one after another without waiting for the disk
/// between them; then their group is made durable at once and all their tasks are resumed.
final class WriterThread: @unchecked Sendable {
  /// Work to run. It returns what to call once its commit is durable, or has failed to be.
  typealias Job = () -> Completion?
  /// Makes sure that the job's commit is durable and resumes its task.
  typealias Completion = () -> Void

  private let lock = Lock()
  private var jobs: [Job] = []
  private var isClosed = false
  private var thread: WorkThread?
  /// The most jobs that share one wait for the disk.
  private static let groupLimit = 1024

  /// Queues a job; false when the thread has been stopped or cannot be started.
  func submit(_ job: @escaping Job) -> Bool {
    lock.with {
      guard !isClosed else { return false }
      if thread == nil { thread = WorkThread.start { self.run() } }
      guard thread != nil else { return false }
      jobs.append(job)
      lock.broadcast()
      return true
    }
  }

  /// Runs what is queued, then ends the thread and waits for it. On the thread itself, where the
  /// last reference to a database may end, there is nothing to wait for.
  func stop() {
    let running = lock.with { () -> WorkThread? in
      isClosed = true
      lock.broadcast()
      return thread
    }
    running?.join()
  }

  private func run() {
    var completions: [Completion] = []
    while let batch = next() {
      for job in batch {
        if let completion = job() { completions.append(completion) }
        if completions.count >= Self.groupLimit { finish(&completions) }
      }
      finish(&completions)
    }
  }

  private func finish(_ completions: inout [Completion]) {
    // The last commit's durability covers all before it, so the rest return at once.
    for completion in completions { completion() }
    completions.removeAll(keepingCapacity: true)
  }

  private func next() -> [Job]? {
    lock.with {
      while jobs.isEmpty {
        if isClosed { return nil }
        lock.wait()
      }
      defer { jobs = [] }
      return jobs
    }
  }
}
