/// One thing that changed, or made durable, what a simulated disk holds.
public enum SimulatedOperation: Sendable {
  /// A file got a name for the first time.
  case create(path: String)
  /// Bytes were written.
  case write(path: String, offset: Int, count: Int)
  /// A file was cut or grown.
  case truncate(path: String, size: Int)
  /// All that was written to a file became durable.
  case sync(path: String)
  /// A name replaced another.
  case rename(from: String, to: String)
  /// A name went.
  case remove(path: String)
  /// The names in a folder became durable.
  case syncDirectory(path: String)
}

/// An operation with all that it takes to do it again.
struct JournalEntry: Sendable {
  enum Action: Sendable {
    case create(path: String, inode: Int)
    case write(inode: Int, offset: Int, bytes: DiskBytes)
    case truncate(inode: Int, size: Int)
    case sync(inode: Int)
    /// A sync that failed and after which the system forgets that there was something to write.
    case forget(inode: Int)
    case rename(from: String, to: String)
    case remove(path: String)
    case syncDirectory
  }

  var action: Action
  var shown: SimulatedOperation
}
