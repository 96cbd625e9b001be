/// What a page store operation failed with. Never carries page contents.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// The class of a failure; callers decide by it, people read `message`.
  public enum Code: Sendable, Hashable {
    /// Bytes on disk contradict their checksum, their place or each other.
    case corrupt
    /// The file does not begin as a CareFS page file does.
    case notADatabase
    /// The file needs a newer version of CareFS.
    case newerFormat
    /// A key, value, page or file would exceed a documented limit.
    case tooLarge
    /// The device or quota has no room.
    case diskFull
    /// The operating system refused an operation.
    case io
    /// The handle or transaction has ended.
    case closed
    /// An earlier failed write or sync makes further commits unsafe.
    case poisoned
    /// Another process or transaction holds the file or the writer lock.
    case busy
    /// A write was asked of a read-only handle.
    case readOnly
    /// The file does not exist.
    case notFound
    /// The file to be created exists already.
    case exists
    /// The file's mode or owner forbids the access.
    case permission
  }

  /// The class of the failure.
  public var code: Code
  /// One line: what happened, where, and what to do.
  public var message: String
  /// The page concerned, where one is.
  public var page: PageNumber?
  /// The system's error number, where there is one.
  public var errno: Int32?

  /// An error of `code` that says `message`.
  public init(
    _ code: Code, _ message: String, page: PageNumber? = nil, errno: Int32? = nil
  ) {
    self.code = code
    self.message = message
    self.page = page
    self.errno = errno
  }

  /// A damaged page: `what` says how it contradicts itself.
  public static func corrupt(_ page: PageNumber, _ what: String) -> StoreError {
    StoreError(.corrupt, "page \(page) is damaged: \(what)", page: page)
  }

  /// What a process made by fork hears of its parent's handle.
  static func openedByParent(_ path: String) -> StoreError {
    StoreError(.closed, "\(path) was opened by the parent process: open it again")
  }

  public var description: String { message }
}
