import Synchronization

/// A snapshot of all pages, or the one write transaction.
///
/// Not to be shared between threads at once. A read transaction sees the last durable commit before
/// it began, takes no lock until it ends, and never waits. A write transaction sees the newest
/// commits and its own changes, which it alone sees until `commit`.
public final class PageTransaction {
  /// True for the write transaction.
  public let isWritable: Bool
  /// Bytes in a page.
  public let pageSize: Int
  /// The end of the owner's bytes in a page; they begin at `PageHeader.size`.
  public let contentEnd: Int
  /// Grows with each change of a page, so that cursors notice.
  public var editCount: UInt64 { edits }
  /// Grows with each page allocated or freed and each return to a savepoint, so that one who
  /// remembers a page knows whether it may have gone.
  public var structureCount: UInt64 { structureChanges }
  /// What the layer above keeps until the transaction goes, such as memory that it uses again.
  public var attachment: AnyObject?

  // Behind getters: another module's direct access to a class variable is checked at run time.
  @exclusivity(unchecked) var edits: UInt64 = 0
  @exclusivity(unchecked) var structureChanges: UInt64 = 0
  // Counted here and added up when the transaction ends: what threads share is too dear for each look.
  @exclusivity(unchecked) private var looks: UInt64 = 0
  @exclusivity(unchecked) private var misses: UInt64 = 0

  let pager: Pager
  let cache: PageCache
  let table: PageTable
  let snapshot: LSN
  private let slot: UnsafeMutablePointer<ReaderSlot>
  private var depth = 0
  /// True once the transaction has ended.
  public private(set) var isOver = false

  // Of a write transaction:
  let changes: RawBuffer
  @exclusivity(unchecked) var selected = UInt32.max
  /// Pages whose images the commit logs.
  @exclusivity(unchecked) var imageCount = 0
  @exclusivity(unchecked) var logPages: [LogPage] = []
  @exclusivity(unchecked) var owned: [VersionPointer] = []
  @exclusivity(unchecked) var dropped: [VersionPointer] = []
  var ownedInMemory = 0
  var spillHand = 0
  package internal(set) var pageCount: UInt32
  let firstBulkPage: UInt32
  @exclusivity(unchecked) var savepoints: [SavepointState] = []
  /// Set when the commit gives pages at the file's end back and changes nothing else.
  var isShrinking = false
  /// Set when the commit has begun to write pages, and cannot begin once more.
  var hasWrittenBulk = false
  /// What writes sealed pages.
  var bulkWriter: BulkWriter?

  /// A page that this transaction's log record names.
  struct LogPage {
    var page: PageNumber
    var flags: UInt32
    var baseLSN: LSN
  }

  init(
    pager: Pager, isWritable: Bool, snapshot: LSN, slot: UnsafeMutablePointer<ReaderSlot>,
    pageCount: UInt32, changes: RawBuffer
  ) {
    self.pager = pager
    self.isWritable = isWritable
    self.snapshot = snapshot
    self.slot = slot
    self.pageCount = pageCount
    self.changes = changes
    firstBulkPage =
      planted(.rule5BulkPagesAnywhere)
      ? 0 : isWritable ? max(pageCount, pager.firstUntouchedPage) : pageCount
    cache = pager.cache
    table = pager.cache.table
    pageSize = pager.pageSize
    contentEnd = pager.contentEnd
  }

  deinit {
    if !isOver { rollback() }
  }

  // MARK: Looking

  /// Begins a stretch in which page pointers stay valid. May be nested.
  @inline(__always)
  public func enter() {
    if depth == 0 {
      if cache.isOverfull.load(ordering: .relaxed) { cache.waitForMemory() }
      slot.pointee.epoch.store(
        cache.epoch.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
      // What follows must not be read before others can see the epoch. On x86 the store sees to it.
      #if !arch(x86_64)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
      #endif
      if isWritable && ownedInMemory > cache.budgetPages { spillOwned() }
    }
    depth &+= 1
  }

  /// Ends what `enter` began; pointers got since are void.
  @inline(__always)
  public func leave() {
    depth &-= 1
    if depth == 0 { slot.pointee.epoch.store(0, ordering: .releasing) }
  }

  /// The bytes of page `number`, which must be of `kind` and belong to `owner`.
  ///
  /// Only between `enter` and `leave`, and valid until that `leave`. A page that is not in the cache
  /// is read and verified.
  @inline(__always)
  public func page(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> UnsafeRawPointer {
    looks &+= 1
    if let entry = table.entry(number), !isWritable || entry.pointee.own == 0,
      let base = UnsafeRawPointer(bitPattern: entry.pointee.newest.load(ordering: .acquiring)),
      base.u64(PageHeader.lsn) <= snapshot, base.u8(PageHeader.kind) == kind.rawValue,
      base.u32(PageHeader.owner) == owner
    {
      if !entry.pointee.isReferenced.load(ordering: .relaxed) {
        entry.pointee.isReferenced.store(true, ordering: .relaxed)
      }
      schedulePoint("finds the newest bytes")
      return base
    }
    return try versionPage(number, kind: kind, owner: owner)
  }

  /// The same for one of a page's versions that is not the newest committed one.
  @inline(never)
  private func versionPage(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> UnsafeRawPointer {
    if let entry = table.entry(number) {
      var at = isWritable ? entry.pointee.own : 0
      if at == 0 { at = entry.pointee.head.load(ordering: .acquiring) }
      while let version = VersionPointer(word: at) {
        if version.pointee.lsn > snapshot {
          at = version.pointee.previous.load(ordering: .acquiring)
          continue
        }
        schedulePoint("finds a version")
        guard let bytes = version.bytes else { break }
        if !version.pointee.isReferenced.load(ordering: .relaxed) {
          version.pointee.isReferenced.store(true, ordering: .relaxed)
        }
        let base = UnsafeRawPointer(bytes)
        schedulePoint("finds bytes")
        if base.u8(PageHeader.kind) == kind.rawValue && base.u32(PageHeader.owner) == owner {
          return base
        }
        break
      }
    }
    return try slowPage(number, kind: kind, owner: owner)
  }

  @inline(never)
  private func slowPage(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> UnsafeRawPointer {
    guard !isOver else { throw StoreError(.closed, "the transaction has ended") }
    let base: UnsafeRawPointer
    misses &+= 1
    if isWritable, let own = ownVersion(number) {
      base = UnsafeRawPointer(try bytes(ofOwn: own))
    } else {
      base = UnsafeRawPointer(try pager.load(number, snapshot: snapshot))
    }
    guard base.u8(PageHeader.kind) == kind.rawValue, base.u32(PageHeader.owner) == owner else {
      throw StoreError.corrupt(number, "it is not the page that its reference expects")
    }
    return base
  }

  /// A page that stays valid until `unpin`, outside `enter` ... `leave` too.
  public func pin(
    _ number: PageNumber, kind: PageKind, owner: UInt32
  ) throws(StoreError) -> PinnedPage {
    enter()
    defer { leave() }
    while true {
      let base = try page(number, kind: kind, owner: owner)
      if isWritable, let own = ownVersion(number) {
        own.pointee.pins.wrappingAdd(1, ordering: .sequentiallyConsistent)
        return PinnedPage(base: base, version: own)
      }
      if let version = cache.find(number, snapshot),
        version.bytes.map({ UnsafeRawPointer($0) }) == base
      {
        schedulePoint("is about to pin")
        version.pointee.pins.wrappingAdd(1, ordering: .sequentiallyConsistent)
        schedulePoint("has pinned")
        if !version.pointee.isEvicting.load(ordering: .sequentiallyConsistent),
          version.bytes.map({ UnsafeRawPointer($0) }) == base
        {
          return PinnedPage(base: base, version: version)
        }
        // The eviction hand was there at the same moment, or has spilled the bytes since they were
        // found: look again behind it.
        version.pointee.pins.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        cache.lock.with {}
      }
    }
  }

  /// Gives a pinned page back.
  public func unpin(_ page: PinnedPage) {
    page.version.pointee.pins.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }

  @inline(__always)
  func ownVersion(_ number: PageNumber) -> VersionPointer? {
    guard let entry = table.entry(number) else { return nil }
    return VersionPointer(word: entry.pointee.own)
  }

  // MARK: Ending

  /// Ends a read transaction, or drops a write transaction's changes. Returns when what the latter
  /// read is durable, or never will be: `rollbackWithoutWaiting` tells which.
  public func rollback() { try? rollbackWithoutWaiting().flush() }

  func end() {
    isOver = true
    // Whoever still holds the transaction keeps no memory by it.
    attachment = nil
    logPages = []
    slot.pointee.epoch.store(0, ordering: .releasing)
    pager.give(slot, looks: looks, misses: misses)
  }
}

/// A page that a cursor keeps in memory.
public struct PinnedPage {
  /// The page's bytes.
  public let base: UnsafeRawPointer
  let version: VersionPointer
}
