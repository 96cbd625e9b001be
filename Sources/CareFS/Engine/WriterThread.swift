#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [Job] = []
  private var isRunning = false
  private var isClosed = false
  private var thread: pthread_t?
  /// The most jobs that share one wait for the disk.
  private static let groupLimit = 1024

  init() {
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

  /// Queues a job; false when the thread has been stopped or cannot be started.
  func submit(_ job: @escaping Job) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isClosed else { return false }
    if !isRunning {
      guard start() else { return false }
      isRunning = true
    }
    jobs.append(job)
    pthread_cond_broadcast(condition)
    return true
  }

  /// Runs what is queued, then ends the thread and waits for it. On the thread itself, where the
  /// last reference to a database may end, there is nothing to wait for.
  func stop() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(condition)
    if let thread, pthread_equal(thread, pthread_self()) != 0 {
      pthread_mutex_unlock(mutex)
      return
    }
    while isRunning { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  private func start() -> Bool {
    let context = Unmanaged.passRetained(self)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Darwin)
      var thread: pthread_t?
      let result = pthread_create(&thread, &attributes, Self.entry, context.toOpaque())
    #else
      var thread = pthread_t()
      let result = pthread_create(&thread, &attributes, Self.entry, context.toOpaque())
    #endif
    guard result == 0 else {
      context.release()
      return false
    }
    return true
  }

  #if canImport(Darwin)
    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? =
      { context in
        Unmanaged<WriterThread>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }
  #else
    private static let entry:
      @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
        { context in
          guard let context else { return nil }
          Unmanaged<WriterThread>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }
  #endif

  private func run() {
    pthread_mutex_lock(mutex)
    thread = pthread_self()
    pthread_mutex_unlock(mutex)
    var completions: [Completion] = []
    while let batch = next() {
      for job in batch {
        if let completion = job() { completions.append(completion) }
        if completions.count >= Self.groupLimit { finish(&completions) }
      }
      finish(&completions)
    }
    pthread_mutex_lock(mutex)
    isRunning = false
    thread = nil
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  private func finish(_ completions: inout [Completion]) {
    // The last commit's durability covers all before it, so the rest return at once.
    for completion in completions { completion() }
    completions.removeAll(keepingCapacity: true)
  }

  private func next() -> [Job]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(condition, mutex)
    }
    let batch = jobs
    jobs = []
    return batch
  }
}
