/// The only door between the engine and the operating system.
///
/// A test may put its own behind it: every read, write, sync and rename of a database passes here.
public protocol FileSystem: AnyObject, Sendable {
  /// Opens `path`; `.createNew` refuses an existing file or link and makes it readable and
  /// writable by its owner alone (mode 0600, whatever the umask).
  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile
  /// Replaces `to` by `from` in one step. Durable after `syncDirectory`.
  func rename(_ from: String, to: String) throws(StoreError)
  /// Removes a name. Durable after `syncDirectory`.
  func remove(_ path: String) throws(StoreError)
  /// Makes creations, renames and removals in the folder of `path` durable.
  func syncDirectory(of path: String) throws(StoreError)
  /// What stands at `path`, or nil when nothing does. Of a symbolic link: the link itself.
  func identity(of path: String) throws(StoreError) -> FileIdentity?
  /// A read-write file without a name, for data that recovery never needs.
  func openTemporary(beside path: String) throws(StoreError) -> any StorageFile
  /// `path` with symbolic links resolved, so that one file has one log.
  func canonicalPath(_ path: String) throws(StoreError) -> String
  /// Bytes free for this process on the device of `path`, or nil when unknown.
  func freeBytes(at path: String) -> UInt64?
}

/// How a file is opened.
public enum FileOpenMode: Sendable {
  case readOnly, readWrite, createNew
}

/// Which file a name or handle stands for.
public struct FileIdentity: Sendable, Hashable {
  /// The device that holds the file.
  public var device: UInt64
  /// The file's number on its device.
  public var inode: UInt64
  /// How many names the file has.
  public var linkCount: UInt64
  /// False of folders, pipes and devices.
  public var isRegular: Bool
  /// Names a file.
  public init(device: UInt64, inode: UInt64, linkCount: UInt64, isRegular: Bool) {
    self.device = device
    self.inode = inode
    self.linkCount = linkCount
    self.isRegular = isRegular
  }

  /// What stays of a file's identity as long as it exists.
  struct File: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  var file: File { File(device: device, inode: inode) }
}

/// The answer to a request for the writer's lock.
public enum LockResult: Sendable, Hashable {
  case acquired
  /// Held elsewhere, by the process named where the system tells.
  case held(processID: Int32?)
}

/// An open file.
public protocol StorageFile: AnyObject, Sendable {
  /// Reads up to `buffer.count` bytes at `offset`; fewer only at the file's end.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StoreError) -> Int
  /// Writes all bytes at `offset`, growing the file when needed.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError)
  /// Writes `count` zeros at `offset`, growing the file when needed.
  func writeZeros(_ count: Int, at offset: UInt64) throws(StoreError)
  /// Bytes in the file.
  func size() throws(StoreError) -> UInt64
  /// Cuts or grows (with zeros) the file.
  func truncate(to size: UInt64) throws(StoreError)
  /// Grows the file to `size` with zeros that have their room on the disk, or throws `diskFull` and
  /// leaves it as it was. Does nothing to a file that is as long.
  func reserve(upTo size: UInt64) throws(StoreError)
  /// Lets the system begin to put bytes on the disk, so that a later `sync` waits less. Promises
  /// nothing.
  func beginWriteBack(_ count: Int, at offset: UInt64)
  /// Returns when all that was written is durable. After an error nothing may be assumed.
  func sync() throws(StoreError)
  /// Takes the lock that one writer of the file holds; released by `close` or the process's end, and
  /// by nothing else: not by another handle of the same process that is closed.
  func lockForWriting() throws(StoreError) -> LockResult
  /// Who else holds the writer's lock now, or nil when no one does.
  func otherWriter() throws(StoreError) -> LockResult?
  /// Which file this is.
  func identity() throws(StoreError) -> FileIdentity
  /// Closes the handle. Further calls throw `closed`.
  func close()
}

extension StorageFile {
  /// Grows the file, for file systems that cannot promise room.
  public func reserve(upTo size: UInt64) throws(StoreError) {
    if try self.size() < size { try truncate(to: size) }
  }

  /// Does nothing, for file systems that have no such advice.
  public func beginWriteBack(_ count: Int, at offset: UInt64) {}

  /// No one, for file systems that no other process uses.
  public func otherWriter() throws(StoreError) -> LockResult? { nil }

  /// Writes zeros in parts of up to 1 MiB.
  public func writeZeros(_ count: Int, at offset: UInt64) throws(StoreError) {
    try writeZeros(count, at: offset, parts: 1 << 20)
  }

  /// Writes zeros, a part at a time: how many there are is what a file says.
  func writeZeros(_ count: Int, at offset: UInt64, parts: Int) throws(StoreError) {
    let zeros = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(count, parts), alignment: 64)
    defer { zeros.deallocate() }
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    var done = 0
    while done < count {
      let part = zeros.prefix(count - done)
      try write(UnsafeRawBufferPointer(rebasing: part), at: offset + UInt64(done))
      done += part.count
    }
  }
}
