import PageStore

extension SimulatedFileSystem.State {
  static func identity(_ inode: Int) -> FileIdentity {
    FileIdentity(device: 1, inode: UInt64(inode), linkCount: 1, isRegular: true)
  }

  var usedBytes: Int { disk.files.values.reduce(0) { $0 + $1.live.count } }

  func requirePower() throws(StoreError) {
    if isOff { throw StoreError(.io, "the simulated machine is off", errno: 5) }
  }

  /// Throws when the call is to fail without any effect.
  mutating func begin(_ call: InjectedFault.Call, _ path: String? = nil) throws(StoreError) {
    if let fault = firing(call, path) { throw fault.error }
  }

  /// The fault that this call meets, if any.
  mutating func firing(_ call: InjectedFault.Call, _ path: String?) -> InjectedFault? {
    var result: InjectedFault?
    for index in faults.indices where faults[index].fires(on: call, path) && result == nil {
      result = faults[index].fault
    }
    if result != nil { injected += 1 }
    return result
  }

  mutating func perform(_ action: JournalEntry.Action, _ shown: SimulatedOperation) {
    journal.append(JournalEntry(action: action, shown: shown))
    disk.apply(action, operation: journal.count)
  }

  mutating func handle(
    _ inode: Int, _ system: SimulatedFileSystem, isReadOnly: Bool
  ) -> SimulatedFile {
    nextHandle += 1
    return SimulatedFile(system, inode: inode, handle: nextHandle, isReadOnly: isReadOnly)
  }

  func path(_ inode: Int) -> String { disk.files[inode]?.path ?? "" }

  /// The disk as it was right after an operation.
  mutating func travel(to operation: Int) -> SimulatedDisk {
    let wanted = max(0, min(operation, journal.count))
    if wanted < past.operation { past = (0, first) }
    while past.operation < wanted {
      past.disk.apply(journal[past.operation].action, operation: past.operation + 1)
      past.operation += 1
    }
    return past.disk
  }

  /// After a change that is not an operation the past cannot be told any more.
  mutating func restartHistory() {
    let disk = disk
    let locks = locks
    let capacity = capacity
    let handle = nextHandle
    self = Self(disk)
    self.locks = locks
    self.capacity = capacity
    nextHandle = handle
  }
}

extension SimulatedDisk.File {
  mutating func flip(_ offset: Int, _ mask: UInt8) {
    for keyPath in [\Self.live, \Self.durable] {
      guard offset < self[keyPath: keyPath].count else { continue }
      let byte = self[keyPath: keyPath].withBytes(offset..<offset + 1) { $0[0] ^ mask }
      withUnsafeBytes(of: byte) { self[keyPath: keyPath].write($0, at: offset) }
    }
  }
}
