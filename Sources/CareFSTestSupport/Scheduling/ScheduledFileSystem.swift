#if TEST_SWITCHES
  import PageStore

  /// A file system each of whose calls is a point where another thread of a ``Scheduler`` may go on.
  public final class ScheduledFileSystem<Base: FileSystem>: ForwardingFileSystem {
    public let base: Base

    /// Passes all calls on to `base`.
    public init(_ base: Base) { self.base = base }

    public func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
      Scheduler.pass("open")
      return ScheduledFile(try base.open(path, mode))
    }

    public func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
      ScheduledFile(try base.openTemporary(beside: path))
    }

    public func rename(_ from: String, to: String) throws(StoreError) {
      Scheduler.pass("rename")
      try base.rename(from, to: to)
    }

    public func remove(_ path: String) throws(StoreError) {
      Scheduler.pass("remove")
      try base.remove(path)
    }

    public func syncDirectory(of path: String) throws(StoreError) {
      Scheduler.pass("sync of the folder")
      try base.syncDirectory(of: path)
    }
  }

  /// An open file of a `ScheduledFileSystem`. Calls that change or sync have a point on both sides.
  private final class ScheduledFile: ForwardingFile {
    let base: any StorageFile

    init(_ base: any StorageFile) { self.base = base }

    func read(
      into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(StoreError) -> Int {
      Scheduler.pass("read")
      let count = try base.read(into: buffer, at: offset)
      Scheduler.pass("has read")
      return count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
      Scheduler.pass("write")
      try base.write(bytes, at: offset)
      Scheduler.pass("has written")
    }

    func truncate(to size: UInt64) throws(StoreError) {
      Scheduler.pass("truncate")
      try base.truncate(to: size)
      Scheduler.pass("has truncated")
    }

    func sync() throws(StoreError) {
      Scheduler.pass("sync")
      try base.sync()
      Scheduler.pass("has synced")
    }
  }
#endif
