import PageStore
import Synchronization

/// An open file of a `SimulatedFileSystem`.
final class SimulatedFile: StorageFile {
  private let system: SimulatedFileSystem
  private let inode: Int
  private let handle: Int
  private let isReadOnly: Bool
  private let isClosed = Atomic<Bool>(false)

  init(_ system: SimulatedFileSystem, inode: Int, handle: Int, isReadOnly: Bool) {
    self.system = system
    self.inode = inode
    self.handle = handle
    self.isReadOnly = isReadOnly
  }

  deinit { close() }

  private func requireOpen() throws(StoreError) {
    guard !isClosed.load(ordering: .acquiring) else {
      throw StoreError(.closed, "the file is closed")
    }
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    try requireOpen()
    return try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      let fault = state.firing(.read, state.path(inode))
      if let fault, !fault.effect.isSilent { throw fault.error }
      var count = buffer.count
      if case .shortens(let most)? = fault?.effect { count = min(count, most) }
      let source = if case .stale? = fault?.effect { state.first } else { state.disk }
      guard let file = source.files[inode], offset < UInt64(file.live.count) else { return 0 }
      let start = Int(offset)
      return file.live.withBytes(start..<start + count) {
        buffer.copyMemory(from: $0)
        return $0.count
      }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    try requireOpen()
    guard !isReadOnly else { throw StoreError(.permission, "the file is open for reading only") }
    guard offset < 1 << 40 else { throw StoreError(.tooLarge, "simulated files are small") }
    try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      let fault = state.firing(.write, state.path(inode))
      var count = bytes.count
      var place = Int(offset)
      switch fault?.effect {
      case .partial(let n): count = min(n, count)
      case .misdirects(let distance): place = max(0, place + distance)
      case nil, .whole: break
      default: count = 0
      }
      var problem = fault.flatMap { $0.effect.isSilent ? nil : $0.error }
      let size = state.disk.files[inode]?.live.count ?? 0
      let growth = place + count - size
      if growth > 0, let capacity = state.capacity, state.usedBytes + growth > capacity {
        // A full disk takes what fits.
        count = max(0, count - (state.usedBytes + growth - capacity))
        problem = problem ?? InjectedFault.diskFull
        state.injected += 1
      }
      if count > 0 {
        let part = DiskBytes(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        state.perform(
          .write(inode: inode, offset: place, bytes: part),
          .write(path: state.path(inode), offset: place, count: count))
      }
      if let problem { throw problem }
    }
  }

  func size() throws(StoreError) -> UInt64 {
    try requireOpen()
    return try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      return UInt64(state.disk.files[inode]?.live.count ?? 0)
    }
  }

  func truncate(to size: UInt64) throws(StoreError) {
    try requireOpen()
    guard !isReadOnly else { throw StoreError(.permission, "the file is open for reading only") }
    guard size < 1 << 40 else { throw StoreError(.tooLarge, "simulated files are small") }
    try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      try state.begin(.truncate, state.path(inode))
      let growth = Int(size) - (state.disk.files[inode]?.live.count ?? 0)
      if growth > 0, let capacity = state.capacity, state.usedBytes + growth > capacity {
        state.injected += 1
        throw InjectedFault.diskFull
      }
      state.perform(
        .truncate(inode: inode, size: Int(size)),
        .truncate(path: state.path(inode), size: Int(size)))
    }
  }

  func sync() throws(StoreError) {
    try requireOpen()
    try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      let path = state.path(inode)
      guard let fault = state.firing(.sync, path) else {
        state.perform(.sync(inode: inode), .sync(path: path))
        return
      }
      switch fault.effect {
      case .whole: state.perform(.sync(inode: inode), .sync(path: path))
      case .forgets: state.perform(.forget(inode: inode), .sync(path: path))
      default: break
      }
      if !fault.effect.isSilent { throw fault.error }
    }
  }

  func lockForWriting() throws(StoreError) -> LockResult {
    try requireOpen()
    return try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      try state.begin(.lock, state.path(inode))
      if let holder = state.locks[inode], holder != handle { return .held(processID: nil) }
      state.locks[inode] = handle
      return .acquired
    }
  }

  func otherWriter() throws(StoreError) -> LockResult? {
    try requireOpen()
    return try system.state.withLock { state throws(StoreError) in
      try state.requirePower()
      try state.begin(.lock, state.path(inode))
      guard let holder = state.locks[inode], holder != handle else { return nil }
      return .held(processID: nil)
    }
  }

  func identity() throws(StoreError) -> FileIdentity {
    try requireOpen()
    return SimulatedFileSystem.State.identity(inode)
  }

  func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    system.state.withLock { state in
      if state.locks[inode] == handle { state.locks[inode] = nil }
    }
  }
}
