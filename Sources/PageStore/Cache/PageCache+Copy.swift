import Synchronization

extension PageCache {
  /// Copies a committed version's bytes to `target` and leaves them where they are: a spilled page is
  /// not brought back, so whoever copies many pages needs the memory of one.
  ///
  /// - Parameter slot: of a snapshot that keeps the version; no one else may be using it.
  func copy(
    _ version: VersionPointer, to target: UnsafeMutableRawPointer,
    for slot: UnsafeMutablePointer<ReaderSlot>
  ) throws(StoreError) {
    slot.pointee.epoch.store(
      epoch.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
    defer { slot.pointee.epoch.store(0, ordering: .releasing) }
    // As where a transaction enters: the bytes must not be looked for before the epoch is shown.
    #if !arch(x86_64)
      atomicMemoryFence(ordering: .sequentiallyConsistent)
    #endif
    if let bytes = version.bytes {
      target.copyMemory(from: bytes, byteCount: pageSize)
      return
    }
    lock.lock()
    defer { lock.unlock() }
    if let bytes = version.bytes {
      target.copyMemory(from: bytes, byteCount: pageSize)
      return
    }
    try spill.get(version.pointee.spillSlot &- 1, into: target)
    // It may have been spilled before the commit gave it its LSN.
    target.set64(PageHeader.lsn, version.pointee.lsn)
  }

  /// Marks a version that the page file has now as clean. One that is spilled is let go, as the page
  /// file gives it back as well. Under the lock.
  func becameClean(_ version: VersionPointer) {
    let isSpilled = version.bytes == nil && version.pointee.spillSlot != 0
    if isSpilled && version.older == nil {
      unchain(version)
      return
    }
    delist(version)
    version.pointee.isDirty = false
    // Behind a spilled one a reader would find the version before it.
    if isSpilled { version.pointee.isRetained = true }
    enlist(version)
  }
}
