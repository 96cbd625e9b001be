import Synchronization

extension PageTransaction {
  /// A private copy of page `number`, to be changed through the editor.
  ///
  /// Valid until the transaction ends or leaves its present `enter` ... `leave`.
  @inline(__always)
  public func edit(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> PageEditor {
    edits &+= 1
    if let entry = table.entry(number), isWritable,
      let own = VersionPointer(word: entry.pointee.own), let bytes = own.bytes,
      Int(own.pointee.savepointDepth) == savepoints.count,
      bytes.readable.u8(PageHeader.kind) == kind.rawValue,
      bytes.readable.u32(PageHeader.owner) == owner
    {
      return PageEditor(number: number, bytes: bytes, version: own, transaction: self)
    }
    return try slowEdit(number, kind: kind, owner: owner)
  }

  @inline(never)
  private func slowEdit(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> PageEditor {
    guard isWritable else { throw StoreError(.readOnly, "a read transaction cannot change pages") }
    enter()
    defer { leave() }
    let base = try page(number, kind: kind, owner: owner)
    if let own = ownVersion(number) {
      let bytes = try bytes(ofOwn: own)
      if Int(own.pointee.savepointDepth) < savepoints.count { saveForUndo(own, bytes) }
      return PageEditor(number: number, bytes: bytes, version: own, transaction: self)
    }
    // Another thread may have evicted it since: then the page file has it, and its bytes say the rest.
    let before = cache.find(number, .max)
    let baseLSN = before?.pointee.lsn ?? base.u64(PageHeader.lsn)
    let own = makeOwn(number)
    own.pointee.baseLSN = baseLSN
    guard let bytes = own.bytes else { throw StoreError(.io, "no memory for a page") }
    bytes.copyMemory(from: base, byteCount: pageSize)
    logPages.append(LogPage(page: number, flags: 0, baseLSN: own.pointee.baseLSN))
    return PageEditor(number: number, bytes: bytes, version: own, transaction: self)
  }

  /// A page that was free, now zero but for its header.
  public func allocate(kind: PageKind, owner: UInt32) throws(StoreError) -> PageEditor {
    guard isWritable, !isOver else {
      throw StoreError(.readOnly, "a read transaction cannot allocate pages")
    }
    enter()
    defer { leave() }
    let number = try pager.freeSpace.take(self)
    return try makeFresh(number, kind: kind, owner: owner)
  }

  func makeFresh(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> PageEditor {
    edits &+= 1
    structureChanges &+= 1
    let own = makeOwn(number)
    own.pointee.isFresh = true
    guard let bytes = own.bytes else { throw StoreError(.io, "no memory for a page") }
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: pageSize)
    bytes.set32(PageHeader.number, number)
    bytes.set8(PageHeader.kind, kind.rawValue)
    bytes.set32(PageHeader.owner, owner)
    logPages.append(LogPage(page: number, flags: LogFormat.freshFlag, baseLSN: 0))
    if number >= firstBulkPage && bytesToLog > pager.options.bulkLogBytes && kind != .freeMap {
      own.pointee.isBulk = true
      logPages[Int(own.pointee.logIndex)].flags |= LogFormat.bulkFlag
    }
    let editor = PageEditor(number: number, bytes: bytes, version: own, transaction: self)
    editor.logHeader(kind: kind, owner: owner)
    return editor
  }

  /// Gives a page back. Its old contents stay visible to older snapshots.
  public func free(_ number: PageNumber, kind: PageKind, owner: UInt32) throws(StoreError) {
    enter()
    defer { leave() }
    _ = try page(number, kind: kind, owner: owner)
    edits &+= 1
    structureChanges &+= 1
    try pager.freeSpace.give(number, self)
    guard let entry = table.entry(number), let own = VersionPointer(word: entry.pointee.own) else {
      return
    }
    // What is older than the savepoint comes back with it, changed since then or not.
    if let state = savepoints.last, Int(own.pointee.logIndex) < state.logPageCount {
      savepoints[savepoints.count - 1].undo.append(.unlinked(own))
    }
    entry.pointee.own = 0
    dropped.append(own)
  }

  // MARK: Private versions

  private func makeOwn(_ number: PageNumber) -> VersionPointer {
    cache.lock.lock()
    let own = cache.takeVersion()
    let buffer = cache.takeBuffer()
    let entry = table.makeEntry(number)
    // A checkpoint that logs the page's image notes it in the version, under this lock.
    let before = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring))
    own.pointee.freshLSN = before?.pointee.freshLSN ?? 0
    cache.lock.unlock()
    own.pointee.page = number
    own.pointee.data.store(UInt(bitPattern: buffer), ordering: .releasing)
    own.pointee.savepointDepth = UInt32(savepoints.count)
    own.pointee.logIndex = UInt32(logPages.count)
    entry.pointee.own = own.word
    owned.append(own)
    ownedInMemory += 1
    return own
  }

  /// The bytes of a private version, read back when they were spilled.
  func bytes(ofOwn own: VersionPointer) throws(StoreError) -> UnsafeMutableRawPointer {
    if let bytes = own.bytes { return bytes }
    cache.lock.lock()
    defer { cache.lock.unlock() }
    let buffer = cache.takeBuffer()
    do throws(StoreError) {
      if own.pointee.isInFile {
        try readSealed(own.pointee.page, into: buffer)
      } else {
        try cache.spill.get(own.pointee.spillSlot &- 1, into: buffer)
      }
    } catch {
      cache.giveBuffer(buffer)
      throw error
    }
    if !own.pointee.isInFile { cache.spill.give(own.pointee.spillSlot &- 1) }
    own.pointee.isInFile = false
    own.pointee.spillSlot = 0
    own.pointee.data.store(UInt(bitPattern: buffer), ordering: .releasing)
    ownedInMemory += 1
    return buffer
  }

  /// Moves some of this transaction's pages out of memory; outside page access only.
  func spillOwned() {
    cache.lock.lock()
    defer { cache.lock.unlock() }
    var steps = owned.count
    var wanted = max(16, cache.budgetPages / 16)
    while wanted > 0 && steps > 0 {
      steps -= 1
      if spillHand >= owned.count { spillHand = 0 }
      let own = owned[spillHand]
      spillHand += 1
      guard let bytes = own.bytes, own.pointee.pins.load(ordering: .relaxed) == 0 else { continue }
      if own.pointee.isReferenced.load(ordering: .relaxed) {
        own.pointee.isReferenced.store(false, ordering: .relaxed)
        continue
      }
      guard let slot = cache.spill.put(bytes) else { return }
      own.pointee.spillSlot = slot + 1
      #if TEST_SWITCHES
        if planted(.rule4UncommittedPagesWritten) { writeToPageFile(own.pointee.page, bytes) }
      #endif
      own.pointee.data.store(0, ordering: .releasing)
      cache.giveBuffer(bytes)
      ownedInMemory -= 1
      wanted -= 1
    }
  }

  #if TEST_SWITCHES
    private func writeToPageFile(_ page: PageNumber, _ bytes: UnsafeMutableRawPointer) {
      pager.checksum.stamp(bytes, page)
      try? pager.file.write(
        UnsafeRawBufferPointer(start: bytes, count: pageSize),
        at: UInt64(page) * UInt64(pageSize))
    }
  #endif

  /// Frees the memory of a private page whose bytes are in the page file already.
  func letGo(_ own: VersionPointer) {
    guard let bytes = own.bytes, own.pointee.pins.load(ordering: .relaxed) == 0 else { return }
    own.pointee.data.store(0, ordering: .releasing)
    ownedInMemory -= 1
    cache.lock.with { cache.giveBuffer(bytes) }
  }

  /// Drops every private version.
  func discardOwned() {
    cancelBulk()
    for own in owned {
      if let entry = table.entry(own.pointee.page) { entry.pointee.own = 0 }
    }
    cache.lock.lock()
    for own in owned { giveBack(own) }
    cache.lock.unlock()
    owned.removeAll()
    dropped.removeAll()
    for savepoint in savepoints { savepoint.discard() }
    savepoints.removeAll()
  }

  /// Gives back a private version that was never published. Under the cache's lock.
  func giveBack(_ own: VersionPointer) {
    if own.pointee.spillSlot != 0 { cache.spill.give(own.pointee.spillSlot &- 1) }
    if own.pointee.pins.load(ordering: .sequentiallyConsistent) != 0 {
      // A cursor still holds it: its memory may go only after the cursor has moved on.
      cache.retire(version: own.word, buffer: own.pointee.data.load(ordering: .acquiring))
      return
    }
    if let bytes = own.bytes { cache.giveBuffer(bytes) }
    cache.giveVersion(own)
  }
}
