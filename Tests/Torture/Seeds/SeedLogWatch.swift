import CareFS
import PageStore

/// Sees to it that a checkpoint begins when the log has grown enough.
struct SeedLogWatch {
  private weak var database: Database?
  private var checkpoints: UInt64 = 0
  private var written: UInt64 = 0

  /// After a commit that was waited for: since the last checkpoint the log must not have grown by
  /// more than `bound`.
  mutating func look(_ database: Database, bound: Int) throws {
    let metrics = database.metrics
    if self.database !== database || metrics.checkpoints != checkpoints {
      self.database = database
      checkpoints = metrics.checkpoints
      written = metrics.logBytesWritten
    }
    guard metrics.logBytesWritten - min(written, metrics.logBytesWritten) <= UInt64(bound) else {
      throw SeedFailure(
        "the log has grown by \(metrics.logBytesWritten - written) bytes since the last checkpoint, "
          + "\(bound) are allowed")
    }
  }
}
