#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bindings that were made so far, for all threads.
final class BindingCache: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [ObjectIdentifier: RecordBinding] = [:]

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func value(_ id: ObjectIdentifier) -> RecordBinding? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return known[id]
  }

  func set(_ id: ObjectIdentifier, _ binding: RecordBinding) {
    pthread_mutex_lock(mutex)
    known[id] = binding
    pthread_mutex_unlock(mutex)
  }
}
