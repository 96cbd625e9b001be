import Synchronization

/// Page versions in memory within a byte budget.
///
/// Clean versions are evicted by second chance; dirty and retained ones, which the page file cannot
/// give back, spill to an unlinked file. What is taken away rests in limbo until no transaction that
/// might have seen it is inside `enter` ... `leave` (epoch-based reclamation).
final class PageCache: @unchecked Sendable {
  let pageSize: Int
  let budgetPages: Int
  let lock = Lock()
  let table = PageTable()
  let epoch = Atomic<UInt64>(1)
  /// Whether there are so many buffers beyond the budget that who needs more should wait.
  let isOverfull = Atomic<Bool>(false)
  let spill: SpillFile

  // All below is guarded by `lock`. Checks at run time, for what every commit touches per page, would
  // see one thread alone and cost a tenth of the commit.
  @exclusivity(unchecked) var readers = ReaderSlots()
  @exclusivity(unchecked) var clean: [VersionPointer] = []
  @exclusivity(unchecked) var unclean: [VersionPointer] = []
  private var hand = 0
  private var spillHand = 0
  @exclusivity(unchecked) private var freeBuffers: [UnsafeMutableRawPointer] = []
  private(set) var bufferCount = 0 {
    didSet {
      mostBuffers = max(mostBuffers, bufferCount)
      isOverfull.store(bufferCount > budgetPages + Self.slack, ordering: .relaxed)
    }
  }
  /// The most buffers that there were at once.
  private(set) var mostBuffers = 0
  private var slabs: [PageSlab] = []
  /// Buffers beyond the budget or from elsewhere, allocated one by one and given back so.
  private var single: Set<UnsafeMutableRawPointer> = []
  @exclusivity(unchecked) private var freeVersions: [VersionPointer] = []
  private var versionBlocks: [VersionPointer] = []
  @exclusivity(unchecked) private var limbo: [(epoch: UInt64, version: UInt, buffer: UInt)] = []
  private var limboStart = 0
  /// The last epoch that was waited for in vain.
  var lastStraggler: UInt64 = 0
  var evictions: UInt64 = 0
  /// What transactions that are over have looked for, and not found in memory.
  var looks: UInt64 = 0
  var misses: UInt64 = 0
  /// How often the system was asked for memory.
  private(set) var allocations: UInt64 = 0
  var buffersInUse: Int { bufferCount - freeBuffers.count }

  init(pageSize: Int, budgetBytes: Int, spill: SpillFile) {
    self.pageSize = pageSize
    self.budgetPages = max(Self.leastPages, budgetBytes / pageSize)
    self.spill = spill
  }

  deinit {
    for slab in slabs { slab.deallocate() }
    for buffer in single { buffer.deallocate() }
    for block in versionBlocks {
      block.deinitialize(count: Self.versionBlock)
      block.deallocate()
    }
    readers.destroy()
  }

  // MARK: Buffers and versions

  private static let versionBlock = 256
  #if TEST_SWITCHES
    private static let leastPages = 8
  #else
    private static let leastPages = 32
  #endif

  /// A page-sized buffer with undefined contents.
  func takeBuffer() -> UnsafeMutableRawPointer {
    if let buffer = freeBuffers.popLast() { return buffer }
    reclaim()
    if let buffer = freeBuffers.popLast() { return buffer }
    if bufferCount >= budgetPages {
      evict(16)
      reclaim()
      if let buffer = freeBuffers.popLast() { return buffer }
    }
    let perSlab = PageSlab.size / pageSize
    if bufferCount + perSlab <= budgetPages {
      let slab = PageSlab()
      allocations &+= 1
      slabs.append(slab)
      bufferCount += perSlab
      for i in (1..<perSlab).reversed() { freeBuffers.append(slab.base + i * pageSize) }
      return slab.base
    }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 64)
    adoptBuffer(buffer)
    return buffer
  }

  /// Counts a buffer that was allocated by itself and now belongs to the cache.
  func adoptBuffer(_ buffer: UnsafeMutableRawPointer) {
    bufferCount += 1
    allocations &+= 1
    single.insert(buffer)
  }

  func giveBuffer(_ buffer: UnsafeMutableRawPointer) {
    #if TEST_SWITCHES
      // Whoever still looks at it shall notice.
      buffer.initializeMemory(as: UInt8.self, repeating: 0xDE, count: pageSize)
    #endif
    if bufferCount > budgetPages, single.remove(buffer) != nil {
      bufferCount -= 1
      buffer.deallocate()
    } else {
      freeBuffers.append(buffer)
    }
  }

  func takeVersion() -> VersionPointer {
    if let version = freeVersions.popLast() { return version }
    let block = VersionPointer.allocate(capacity: Self.versionBlock)
    for i in 0..<Self.versionBlock {
      (block + i).initialize(to: Version())
      freeVersions.append(block + i)
    }
    versionBlocks.append(block)
    allocations &+= 1
    return freeVersions.removeLast()
  }

  /// Gives back a version that no one else can have seen.
  func giveVersion(_ version: VersionPointer) {
    version.deinitialize(count: 1)
    version.initialize(to: Version())
    freeVersions.append(version)
  }

  // MARK: Rings

  func enlist(_ version: VersionPointer) {
    if version.pointee.isDirty || version.pointee.isRetained {
      version.pointee.ringIndex = unclean.count
      unclean.append(version)
    } else {
      version.pointee.ringIndex = clean.count
      clean.append(version)
    }
  }

  func delist(_ version: VersionPointer) {
    let index = version.pointee.ringIndex
    guard index >= 0 else { return }
    version.pointee.ringIndex = -1
    if version.pointee.isDirty || version.pointee.isRetained {
      let last = unclean.removeLast()
      if last != version {
        unclean[index] = last
        last.pointee.ringIndex = index
      }
    } else {
      let last = clean.removeLast()
      if last != version {
        clean[index] = last
        last.pointee.ringIndex = index
      }
    }
  }

  // MARK: Chains

  /// The newest version of `page` at or below `snapshot`.
  @inline(__always)
  func find(_ page: PageNumber, _ snapshot: LSN) -> VersionPointer? {
    guard let entry = table.entry(page) else { return nil }
    var version = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring))
    while let v = version, v.pointee.lsn > snapshot { version = v.older }
    return version
  }

  /// Appends a version that is older than all of its page in memory. Under the lock.
  func appendOldest(_ version: VersionPointer) {
    let entry = table.makeEntry(version.pointee.page)
    enlist(version)
    guard var last = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring)) else {
      entry.pointee.head.store(version.word, ordering: .sequentiallyConsistent)
      showNewest(of: entry)
      return
    }
    while let older = last.older { last = older }
    last.pointee.previous.store(version.word, ordering: .sequentiallyConsistent)
  }

  /// Lets readers find the newest version's bytes without the version. Under the lock, after each
  /// change of which version that is or where its bytes are.
  ///
  /// A reader takes these bytes when their LSN is not above its snapshot. It cannot take them for
  /// those of a newer version that it should see: its snapshot came from under the lock, after that
  /// version had been shown here.
  func showNewest(of entry: UnsafeMutablePointer<PageEntry>) {
    var word: UInt = 0
    if let head = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring)),
      let bytes = head.bytes, bytes.readable.u64(PageHeader.lsn) == head.pointee.lsn
    {
      word = UInt(bitPattern: bytes)
    }
    entry.pointee.newest.store(word, ordering: .sequentiallyConsistent)
  }

  /// Takes a version out of its page's chain and lets it go when no one can be looking at it.
  func unchain(_ version: VersionPointer) {
    guard let entry = table.entry(version.pointee.page) else { return }
    let next = version.pointee.previous.load(ordering: .acquiring)
    let head = entry.pointee.head.load(ordering: .acquiring)
    if head == version.word {
      entry.pointee.head.store(next, ordering: .sequentiallyConsistent)
      showNewest(of: entry)
    } else {
      var at = VersionPointer(word: head)
      while let v = at, v.pointee.previous.load(ordering: .acquiring) != version.word {
        at = v.older
      }
      guard let before = at else { return }
      before.pointee.previous.store(next, ordering: .sequentiallyConsistent)
    }
    delist(version)
    if version.pointee.spillSlot != 0 {
      spill.give(version.pointee.spillSlot - 1)
      version.pointee.spillSlot = 0
    }
    retire(version: version.word, buffer: version.pointee.data.load(ordering: .acquiring))
  }

  func retire(version: UInt, buffer: UInt) {
    let tag = epoch.load(ordering: .sequentiallyConsistent)
    limbo.append((tag, version, buffer))
  }

  /// Frees what rests in limbo and can be seen by no one.
  func reclaim() {
    guard limboStart < limbo.count else { return }
    epoch.wrappingAdd(1, ordering: .sequentiallyConsistent)
    let oldest = planted(.memoryReusedUnderReader) ? .max : readers.oldestEpoch()
    schedulePoint("is about to reclaim")
    // What is pinned goes to the end again: it must not be met twice in one pass.
    let end = limbo.count
    while limboStart < end, limbo[limboStart].epoch < oldest {
      let item = limbo[limboStart]
      limboStart += 1
      if let version = VersionPointer(word: item.version) {
        if version.pointee.pins.load(ordering: .sequentiallyConsistent) != 0 {
          // A pin outlives enter ... leave: try again later.
          limbo.append((epoch.load(ordering: .relaxed), item.version, item.buffer))
          continue
        }
        giveVersion(version)
      }
      if let buffer = UnsafeMutableRawPointer(bitPattern: item.buffer) { giveBuffer(buffer) }
    }
    if limboStart > 1024 && limboStart * 2 > limbo.count {
      limbo.removeFirst(limboStart)
      limboStart = 0
    }
  }

  /// Whether what has waited longest in limbo waits for one who looks since `oldest`.
  func isHeldBack(by oldest: UInt64) -> Bool {
    limboStart < limbo.count && limbo[limboStart].epoch >= oldest
  }

  // MARK: Eviction

  private func evict(_ wanted: Int) {
    var left = wanted
    var steps = clean.count * 2
    while left > 0 && steps > 0 && !clean.isEmpty {
      steps -= 1
      if hand >= clean.count { hand = 0 }
      let version = clean[hand]
      if takeReference(version) {
        hand += 1
        continue
      }
      if version.older != nil {
        // Without it a reader would take the older version for the one of its snapshot.
        delist(version)
        version.pointee.isRetained = true
        enlist(version)
        continue
      }
      version.pointee.isEvicting.store(true, ordering: .sequentiallyConsistent)
      schedulePoint("is about to evict")
      guard version.pointee.pins.load(ordering: .sequentiallyConsistent) == 0 else {
        version.pointee.isEvicting.store(false, ordering: .sequentiallyConsistent)
        hand += 1
        continue
      }
      unchain(version)
      evictions &+= 1
      left -= 1
    }
    if left > 0 { spillSome(left) }
  }

  /// Whether a version was read since the hand last passed; it is forgotten that it was.
  private func takeReference(_ version: VersionPointer) -> Bool {
    var isReferenced = version.pointee.isReferenced.load(ordering: .relaxed)
    if isReferenced { version.pointee.isReferenced.store(false, ordering: .relaxed) }
    if let entry = table.entry(version.pointee.page),
      entry.pointee.isReferenced.load(ordering: .relaxed),
      entry.pointee.head.load(ordering: .relaxed) == version.word
    {
      entry.pointee.isReferenced.store(false, ordering: .relaxed)
      isReferenced = true
    }
    return isReferenced
  }

  /// Moves committed versions that the page file lacks into the spill file.
  private func spillSome(_ wanted: Int) {
    var left = wanted
    var steps = unclean.count
    while left > 0 && steps > 0 {
      steps -= 1
      if spillHand >= unclean.count { spillHand = 0 }
      let version = unclean[spillHand]
      spillHand += 1
      guard let bytes = version.bytes else { continue }
      version.pointee.isEvicting.store(true, ordering: .sequentiallyConsistent)
      defer { version.pointee.isEvicting.store(false, ordering: .sequentiallyConsistent) }
      schedulePoint("is about to spill")
      guard version.pointee.pins.load(ordering: .sequentiallyConsistent) == 0 else { continue }
      // A spill that fails costs memory, not data: the version stays where it is.
      guard let slot = spill.put(bytes) else { return }
      version.pointee.spillSlot = slot + 1
      version.pointee.data.store(0, ordering: .sequentiallyConsistent)
      if let entry = table.entry(version.pointee.page) { showNewest(of: entry) }
      retire(version: 0, buffer: UInt(bitPattern: bytes))
      left -= 1
    }
  }

  // MARK: Snapshots

  /// Drops a replaced version, or leaves it with the newest snapshot that needs it.
  func trim(_ item: Superseded) {
    if let holder = readers.holder(from: item.lsn, below: item.successor) {
      let held = holder.pointee.held
      held.list.append(item)
      return
    }
    guard let entry = table.entry(item.page) else { return }
    var at = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring))
    while let v = at, v.pointee.lsn > item.lsn { at = v.older }
    guard let version = at, version.pointee.lsn == item.lsn else { return }
    if entry.pointee.head.load(ordering: .acquiring) == version.word { return }
    unchain(version)
  }
}
