import Synchronization

@testable import PageStore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread that runs once; what it throws comes back from `join`.
final class TestThread: @unchecked Sendable {
  private let done = Atomic<Bool>(false)
  private let body: @Sendable () throws -> Void
  private let lock = Lock()
  private var problem: (any Error)?

  init(_ body: @escaping @Sendable () throws -> Void) {
    self.body = body
    let box = Unmanaged.passRetained(self).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Darwin)
          Unmanaged<TestThread>.fromOpaque(argument).takeRetainedValue().run()
        #else
          if let argument { Unmanaged<TestThread>.fromOpaque(argument).takeRetainedValue().run() }
        #endif
        return nil
      }, box)
    guard result == 0 else {
      problem = StoreError(.io, "no thread", errno: result)
      finish()
      return
    }
    #if canImport(Darwin)
      if let thread { pthread_detach(thread) }
    #else
      pthread_detach(thread)
    #endif
  }

  private func run() {
    do { try body() } catch { lock.with { problem = error } }
    finish()
  }

  private func finish() {
    lock.with {
      done.store(true, ordering: .releasing)
      lock.broadcast()
    }
  }

  /// Whether the body has ended.
  var isDone: Bool { done.load(ordering: .acquiring) }

  /// Waits for the body's end; throws what it threw.
  func join() throws {
    let result = lock.with { () -> (any Error)? in
      while !isDone { lock.wait() }
      return problem
    }
    if let result { throw result }
  }
}
