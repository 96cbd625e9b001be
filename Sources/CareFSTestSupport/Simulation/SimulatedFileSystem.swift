import PageStore

/// Files in memory that forget, tear and fail as real ones do.
///
/// What is written may be lost in a power cut until it is synced: each 512 bytes, each file size and
/// each name on its own. Every operation is numbered and kept, so that `crash(after:keeping:)` can
/// show, for any moment of the past, each of the disks that a power cut might have left behind:
///
/// ```swift
/// let files = SimulatedFileSystem()
/// // ... run the code that is to be tested, noting files.operationCount at each acknowledgement ...
/// for operation in 0...files.operationCount {
///   let after = files.crash(after: operation, keeping: .random(7))
///   // ... open what is there and compare it with what had been acknowledged by then ...
/// }
/// ```
///
/// Safe to use from many threads; operations then happen in one order.
public final class SimulatedFileSystem: FileSystem {
  struct State: Sendable {
    var disk = SimulatedDisk()
    var nextInode = 1
    var journal: [JournalEntry] = []
    var faults: [ArmedFault] = []
    var injected = 0
    var locks: [Int: Int] = [:]
    var nextHandle = 1
    var capacity: Int?
    var isOff = false
    /// The disk after an operation of the past, so that asking for the next one is cheap.
    var past: (operation: Int, disk: SimulatedDisk)
    let first: SimulatedDisk

    init(_ disk: SimulatedDisk = SimulatedDisk()) {
      self.disk = disk
      first = disk
      past = (0, disk)
      nextInode = (disk.files.keys.max() ?? 0) + 1
    }
  }

  let state: LockedState

  /// An empty file system.
  public init() { state = LockedState(State()) }

  init(_ disk: SimulatedDisk) { state = LockedState(State(disk)) }

  // MARK: The past

  /// How many operations changed the disk or made something durable.
  public var operationCount: Int { state.withLock { $0.journal.count } }

  /// Operation `n`, counted from 1.
  public func operation(_ n: Int) -> SimulatedOperation? {
    state.withLock { n > 0 && n <= $0.journal.count ? $0.journal[n - 1].shown : nil }
  }

  /// What a power cut right after operation `operation` might take back, in the order of writing.
  public func unsyncedItems(after operation: Int) -> [UnsyncedItem] {
    state.withLock { $0.travel(to: operation).unsyncedItems() }
  }

  /// The file system that a power cut right after operation `operation` leaves: all that was synced
  /// by then, and of the rest what `survival` keeps. This one goes on as before.
  public func crash(after operation: Int, keeping survival: Survival) -> SimulatedFileSystem {
    SimulatedFileSystem(
      state.withLock { $0.travel(to: operation).afterPowerCut(survival) })
  }

  /// As `crash(after:keeping:)`, now.
  public func crash(keeping survival: Survival) -> SimulatedFileSystem {
    SimulatedFileSystem(state.withLock { $0.disk.afterPowerCut(survival) })
  }

  /// A copy of what can be read now, as after the end of a process.
  public func copy() -> SimulatedFileSystem { crash(keeping: .everything) }

  // MARK: Trouble

  /// Makes calls fail from now on.
  public func inject(_ fault: InjectedFault) {
    state.withLock { $0.faults.append(ArmedFault(fault: fault)) }
  }

  /// Ends all faults.
  public func clearFaults() { state.withLock { $0.faults = [] } }

  /// How many calls have failed by injection.
  public var injectedCount: Int { state.withLock { $0.injected } }

  /// How many bytes fit, nil for any number: what would grow a file beyond that is refused.
  public func setCapacity(_ bytes: Int?) { state.withLock { $0.capacity = bytes } }

  /// Bytes that all files have now.
  public var usedBytes: Int { state.withLock { $0.usedBytes } }

  /// Refuses everything from now on, so that what still runs can do no more.
  public func powerOff() { state.withLock { $0.isOff = true } }

  /// Takes calls again. What was open stays as it was.
  public func powerOn() { state.withLock { $0.isOff = false } }

  // MARK: Contents, for tests that damage files

  /// The bytes of `path`, or nil when there is no such file.
  public func contents(of path: String) -> [UInt8]? {
    state.withLock { state in
      guard let inode = state.disk.names[path], let file = state.disk.files[inode] else {
        return nil
      }
      return file.live.withBytes(0..<file.live.count) { [UInt8]($0) }
    }
  }

  /// Puts `bytes` at `path`, durable at once; nil removes the file.
  public func setContents(of path: String, _ bytes: [UInt8]?) {
    state.withLock { state in
      if let inode = state.disk.names.removeValue(forKey: path) { state.disk.files[inode] = nil }
      state.disk.durableNames[path] = nil
      if let bytes {
        let data = bytes.withUnsafeBytes { DiskBytes($0) }
        var file = SimulatedDisk.File(path: path)
        file.live = data
        file.durable = data
        state.disk.files[state.nextInode] = file
        state.disk.names[path] = state.nextInode
        state.disk.durableNames[path] = state.nextInode
        state.nextInode += 1
      }
      state.restartHistory()
    }
  }

  /// Changes some bits of the byte at `offset` of `path`, durable at once.
  public func flip(_ path: String, at offset: Int, mask: UInt8) {
    state.withLock { state in
      guard let inode = state.disk.names[path] else { return }
      state.disk.files[inode]?.flip(offset, mask)
      state.restartHistory()
    }
  }

  /// The names of all files, ascending.
  public var paths: [String] { state.withLock { $0.disk.names.keys.sorted() } }

  /// A number that is the same for file systems with the same names and bytes.
  public var fingerprint: UInt64 {
    state.withLock { state in
      var sum: UInt64 = 0
      for (path, inode) in state.disk.names {
        guard let file = state.disk.files[inode] else { continue }
        let name = Array(path.utf8).withUnsafeBytes { XXH64.hash($0) }
        sum &+= file.live.withBytes(0..<file.live.count) { XXH64.hash($0, seed: name) }
      }
      return sum
    }
  }

  // MARK: FileSystem

  public func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    try state.withLock { state throws(StoreError) in
      try state.requirePower()
      let known = state.disk.names[path]
      if mode == .createNew {
        guard known == nil else { throw StoreError(.exists, "\(path) exists already") }
        try state.begin(.create)
        let inode = state.nextInode
        state.nextInode += 1
        state.perform(.create(path: path, inode: inode), .create(path: path))
        return state.handle(inode, self, isReadOnly: false)
      }
      guard let known else { throw StoreError(.notFound, "\(path) does not exist") }
      return state.handle(known, self, isReadOnly: mode == .readOnly)
    }
  }

  public func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    // Recovery never needs it: it is not part of the simulation.
    try MemoryFileSystem().openTemporary(beside: path)
  }

  public func rename(_ from: String, to: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      try state.requirePower()
      guard state.disk.names[from] != nil else {
        throw StoreError(.notFound, "\(from) does not exist")
      }
      try state.begin(.rename)
      state.perform(.rename(from: from, to: to), .rename(from: from, to: to))
    }
  }

  public func remove(_ path: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      try state.requirePower()
      guard state.disk.names[path] != nil else {
        throw StoreError(.notFound, "\(path) does not exist")
      }
      try state.begin(.remove)
      state.perform(.remove(path: path), .remove(path: path))
    }
  }

  public func syncDirectory(of path: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      try state.requirePower()
      try state.begin(.syncDirectory)
      state.perform(.syncDirectory, .syncDirectory(path: path))
    }
  }

  public func identity(of path: String) throws(StoreError) -> FileIdentity? {
    try state.withLock { state throws(StoreError) in
      try state.requirePower()
      return state.disk.names[path].map { State.identity($0) }
    }
  }

  public func canonicalPath(_ path: String) throws(StoreError) -> String {
    guard try identity(of: path) != nil else {
      throw StoreError(.notFound, "\(path) does not exist")
    }
    return path
  }

  public func freeBytes(at path: String) -> UInt64? {
    state.withLock { state in
      state.capacity.map { UInt64(max(0, $0 - state.usedBytes)) }
    }
  }
}
