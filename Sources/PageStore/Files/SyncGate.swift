import Synchronization

/// Syncs of one file, one after the other, none after a failed one.
///
/// The system tells of a failed sync once: of two threads that sync the same file at the same time,
/// the second would hear that all is well although what it wrote is lost.
final class SyncGate: Sendable {
  private let file: any StorageFile
  private let lock = Lock()
  private nonisolated(unsafe) var failure: StoreError?
  /// How many there were that did not fail.
  let syncs = Atomic<UInt64>(0)

  init(_ file: any StorageFile) { self.file = file }

  /// Returns when all that was written is durable; throws from the first failure on.
  func sync() throws(StoreError) {
    try lock.with { () throws(StoreError) in
      if let failure { throw failure }
      do throws(StoreError) {
        try file.sync()
      } catch {
        failure = StoreError(
          .poisoned, "an earlier sync failed (\(error.message)): close and open again",
          errno: error.errno)
        throw error
      }
      syncs.wrappingAdd(1, ordering: .relaxed)
    }
  }

  #if TEST_SWITCHES
    /// Syncs once more after a failure, as if that told anything; nil when the system says yes.
    func retry() -> StoreError? {
      lock.with {
        do throws(StoreError) {
          try file.sync()
          failure = nil
          return nil
        } catch { return error }
      }
    }
  #else
    @inline(__always)
    func retry() -> StoreError? { failure }
  #endif
}
