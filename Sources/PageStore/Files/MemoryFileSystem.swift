/// Files in memory: what a database without a file runs on. Contents last as long as this object.
public final class MemoryFileSystem: FileSystem, @unchecked Sendable {
  private let lock = Lock()
  private var names: [String: MemoryFileBody] = [:]
  private var nextInode: UInt64 = 1

  /// An empty file system.
  public init() {}

  public func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    lock.lock()
    defer { lock.unlock() }
    if let body = names[path] {
      if mode == .createNew { throw StoreError(.exists, "\(path) exists already") }
      return MemoryFile(body)
    }
    guard mode == .createNew else { throw StoreError(.notFound, "\(path) does not exist") }
    let body = makeBody()
    names[path] = body
    return MemoryFile(body)
  }

  public func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    lock.with { MemoryFile(makeBody()) }
  }

  public func rename(_ from: String, to: String) throws(StoreError) {
    lock.lock()
    defer { lock.unlock() }
    guard let body = names.removeValue(forKey: from) else {
      throw StoreError(.notFound, "\(from) does not exist")
    }
    names[to] = body
  }

  public func remove(_ path: String) throws(StoreError) {
    lock.lock()
    defer { lock.unlock() }
    guard names.removeValue(forKey: path) != nil else {
      throw StoreError(.notFound, "\(path) does not exist")
    }
  }

  public func syncDirectory(of path: String) throws(StoreError) {}

  public func identity(of path: String) throws(StoreError) -> FileIdentity? {
    lock.with { names[path]?.identity }
  }

  public func canonicalPath(_ path: String) throws(StoreError) -> String { path }

  public func freeBytes(at path: String) -> UInt64? { nil }

  private func makeBody() -> MemoryFileBody {
    let body = MemoryFileBody(inode: nextInode)
    nextInode += 1
    return body
  }
}

/// The bytes of one file, shared by all handles on it. Used under its lock.
final class MemoryFileBody: @unchecked Sendable {
  let lock = Lock()
  let inode: UInt64
  private(set) var base = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  private var capacity = 64
  private(set) var count = 0
  var isLocked = false

  init(inode: UInt64) { self.inode = inode }

  deinit { base.deallocate() }

  var identity: FileIdentity {
    FileIdentity(device: 0, inode: inode, linkCount: 1, isRegular: true)
  }

  /// Cuts, or grows with zeros.
  func resize(to newCount: Int) {
    if newCount > capacity {
      // Doubling keeps a file that is written in order linear.
      capacity = max(newCount, min(capacity * 2, newCount + (64 << 20)))
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
      larger.copyMemory(from: base, byteCount: count)
      base.deallocate()
      base = larger
    }
    if newCount > count {
      (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: newCount - count)
    }
    count = newCount
  }
}

final class MemoryFile: StorageFile, @unchecked Sendable {
  private let body: MemoryFileBody
  private var holdsLock = false
  init(_ body: MemoryFileBody) { self.body = body }
  deinit { close() }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    body.lock.with {
      guard offset < UInt64(body.count), let target = buffer.baseAddress else { return 0 }
      let count = min(buffer.count, body.count - Int(offset))
      target.copyMemory(from: body.base + Int(offset), byteCount: count)
      return count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    guard offset < 1 << 46 else { throw StoreError(.tooLarge, "memory file too large") }
    body.lock.with {
      let start = Int(offset)
      if body.count < start + bytes.count { body.resize(to: start + bytes.count) }
      (body.base + start).copyMemory(from: source, byteCount: bytes.count)
    }
  }

  func size() throws(StoreError) -> UInt64 { body.lock.with { UInt64(body.count) } }

  func truncate(to size: UInt64) throws(StoreError) {
    guard size < 1 << 46 else { throw StoreError(.tooLarge, "memory file too large") }
    body.lock.with { body.resize(to: Int(size)) }
  }

  func sync() throws(StoreError) {}

  func identity() throws(StoreError) -> FileIdentity { body.identity }

  func lockForWriting() throws(StoreError) -> LockResult {
    body.lock.with {
      if body.isLocked && !holdsLock { return .held(processID: currentProcessID()) }
      body.isLocked = true
      holdsLock = true
      return .acquired
    }
  }

  func otherWriter() throws(StoreError) -> LockResult? {
    body.lock.with {
      body.isLocked && !holdsLock ? .held(processID: currentProcessID()) : nil
    }
  }

  func close() {
    body.lock.with {
      if holdsLock { body.isLocked = false }
      holdsLock = false
    }
  }
}
