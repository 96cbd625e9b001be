import PageStore

/// Files in memory that begin as an input. Only blocks that are written take memory, so that a size
/// that an input claims costs nothing.
final class FuzzFiles: FileSystem, @unchecked Sendable {
  /// The most bytes of a file: beyond them the disk is full.
  static let diskBytes: UInt64 = 256 << 20

  /// Where databases in these files take their numbers from.
  let random: FuzzRandom
  private let lock = Lock()
  private var names: [String: FuzzFileBody] = [:]
  private var nextInode: UInt64 = 1

  init(_ files: [String: [UInt8]] = [:], seed: UInt64 = 1) {
    random = FuzzRandom(seed)
    for (path, bytes) in files { names[path] = makeBody(bytes) }
  }

  private func makeBody(_ bytes: [UInt8]) -> FuzzFileBody {
    defer { nextInode += 1 }
    return FuzzFileBody(inode: nextInode, bytes)
  }

  /// The most bytes that were written to a file at once.
  func largestWrite(to path: String) -> Int { lock.with { names[path]?.largestWrite ?? 0 } }

  /// The bytes of a file.
  func contents(of path: String) -> [UInt8]? { lock.with { names[path]?.contents } }

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    lock.lock()
    defer { lock.unlock() }
    if let body = names[path] {
      if mode == .createNew { throw StoreError(.exists, "\(path) exists already") }
      return FuzzFile(body)
    }
    guard mode == .createNew else { throw StoreError(.notFound, "\(path) does not exist") }
    let body = makeBody([])
    names[path] = body
    return FuzzFile(body)
  }

  func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    lock.with { FuzzFile(makeBody([])) }
  }

  func rename(_ from: String, to: String) throws(StoreError) {
    lock.lock()
    defer { lock.unlock() }
    guard let body = names.removeValue(forKey: from) else {
      throw StoreError(.notFound, "\(from) does not exist")
    }
    names[to] = body
  }

  func remove(_ path: String) throws(StoreError) {
    lock.lock()
    defer { lock.unlock() }
    guard names.removeValue(forKey: path) != nil else {
      throw StoreError(.notFound, "\(path) does not exist")
    }
  }

  func syncDirectory(of path: String) throws(StoreError) {}
  func identity(of path: String) throws(StoreError) -> FileIdentity? {
    lock.with { names[path]?.identity }
  }
  func canonicalPath(_ path: String) throws(StoreError) -> String { path }
  func freeBytes(at path: String) -> UInt64? { Self.diskBytes }
}
