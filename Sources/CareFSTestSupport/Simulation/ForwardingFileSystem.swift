import PageStore

/// A file system that passes on to another what it does not do itself.
public protocol ForwardingFileSystem: FileSystem {
  associatedtype Base: FileSystem
  /// Where calls go.
  var base: Base { get }
}

extension ForwardingFileSystem {
  public func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    try base.open(path, mode)
  }
  public func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    try base.openTemporary(beside: path)
  }
  public func rename(_ from: String, to: String) throws(StoreError) {
    try base.rename(from, to: to)
  }
  public func remove(_ path: String) throws(StoreError) { try base.remove(path) }
  public func syncDirectory(of path: String) throws(StoreError) {
    try base.syncDirectory(of: path)
  }
  public func identity(of path: String) throws(StoreError) -> FileIdentity? {
    try base.identity(of: path)
  }
  public func canonicalPath(_ path: String) throws(StoreError) -> String {
    try base.canonicalPath(path)
  }
  public func freeBytes(at path: String) -> UInt64? { base.freeBytes(at: path) }
}

/// An open file that passes on to another what it does not do itself. Zeros and room are written by
/// its own `write` and `truncate`.
public protocol ForwardingFile: StorageFile {
  /// Where calls go.
  var base: any StorageFile { get }
}

extension ForwardingFile {
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int { try base.read(into: buffer, at: offset) }
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    try base.write(bytes, at: offset)
  }
  public func size() throws(StoreError) -> UInt64 { try base.size() }
  public func truncate(to size: UInt64) throws(StoreError) { try base.truncate(to: size) }
  public func sync() throws(StoreError) { try base.sync() }
  public func lockForWriting() throws(StoreError) -> LockResult { try base.lockForWriting() }
  public func identity() throws(StoreError) -> FileIdentity { try base.identity() }
  public func close() { base.close() }
}
