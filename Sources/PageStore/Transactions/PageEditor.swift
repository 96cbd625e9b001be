/// The only way to change a page: each call changes the private copy and notes the change for the
/// log, so that a commit logs what changed and nothing else.
public struct PageEditor {
  /// The page's number.
  public let number: PageNumber
  let bytes: UnsafeMutableRawPointer
  let version: VersionPointer
  /// Unmanaged, since counting references at each change would cost more than the change.
  private let transaction: Unmanaged<PageTransaction>

  @inline(__always)
  init(
    number: PageNumber, bytes: UnsafeMutableRawPointer, version: VersionPointer,
    transaction: PageTransaction
  ) {
    self.number = number
    self.bytes = bytes
    self.version = version
    self.transaction = .passUnretained(transaction)
  }

  /// The page's bytes, to read.
  @inline(__always) public var base: UnsafeRawPointer { UnsafeRawPointer(bytes) }

  /// Copies `source` to `offset`. Offsets count from the page's start and stay within the content.
  @inline(__always)
  public func write(_ source: UnsafeRawBufferPointer, at offset: Int) {
    guard let start = source.baseAddress, isInside(offset, source.count) else { return }
    (bytes + offset).copyMemory(from: start, byteCount: source.count)
    logWrite(offset, source.count)
  }

  /// Writes one byte.
  @inline(__always)
  public func writeUInt8(_ value: UInt8, at offset: Int) {
    guard isInside(offset, 1) else { return }
    bytes.set8(offset, value)
    logWrite(offset, 1)
  }

  /// Writes two bytes, little-endian.
  @inline(__always)
  public func writeUInt16(_ value: UInt16, at offset: Int) {
    guard isInside(offset, 2) else { return }
    bytes.set16(offset, value)
    logWrite(offset, 2)
  }

  /// Writes four bytes, little-endian.
  @inline(__always)
  public func writeUInt32(_ value: UInt32, at offset: Int) {
    guard isInside(offset, 4) else { return }
    bytes.set32(offset, value)
    logWrite(offset, 4)
  }

  /// Writes eight bytes, little-endian.
  @inline(__always)
  public func writeUInt64(_ value: UInt64, at offset: Int) {
    guard isInside(offset, 8) else { return }
    bytes.set64(offset, value)
    logWrite(offset, 8)
  }

  /// Moves bytes within the page; the ranges may overlap. Costs seven bytes in the log.
  @inline(__always)
  public func move(from: Int, to: Int, count: Int) {
    guard count > 0, isInside(from, count), isInside(to, count) else { return }
    (bytes + to).copyMemory(from: bytes + from, byteCount: count)
    guard let op = beginChange(7) else { return }
    op.set8(0, LogFormat.Change.move)
    op.set16(1, UInt16(truncatingIfNeeded: to))
    op.set16(3, UInt16(truncatingIfNeeded: from))
    op.set16(5, UInt16(truncatingIfNeeded: count))
  }

  /// Sets bytes to zero.
  public func zero(at offset: Int, count: Int) {
    guard count > 0, isInside(offset, count) else { return }
    (bytes + offset).initializeMemory(as: UInt8.self, repeating: 0, count: count)
    guard let op = beginChange(5) else { return }
    op.set8(0, LogFormat.Change.zero)
    op.set16(1, UInt16(truncatingIfNeeded: offset))
    op.set16(3, UInt16(truncatingIfNeeded: count))
  }

  /// Lets `body` change the content (`PageHeader.size ..< contentEnd`) at will; the commit logs the
  /// page as a whole.
  public func rewriteAll(_ body: (UnsafeMutableRawPointer) -> Void) {
    body(bytes)
    transaction._withUnsafeGuaranteedRef { $0.logAsImage(version) }
  }

  func logHeader(kind: PageKind, owner: UInt32) {
    logWrite(PageHeader.kind, 1)
    logWrite(PageHeader.owner, 4)
  }

  @inline(__always)
  private func isInside(_ offset: Int, _ count: Int) -> Bool {
    // A caller's slip must not spill into a neighbour's memory.
    offset >= PageHeader.size && count >= 0
      && offset <= transaction._withUnsafeGuaranteedRef { $0.contentEnd } &- count
  }

  @inline(__always)
  private func beginChange(_ size: Int) -> UnsafeMutableRawPointer? {
    transaction._withUnsafeGuaranteedRef { $0.beginChange(version, size) }
  }

  @inline(__always)
  private func logWrite(_ offset: Int, _ count: Int) {
    guard let op = beginChange(5 &+ count) else { return }
    op.set8(0, LogFormat.Change.write)
    op.set16(1, UInt16(truncatingIfNeeded: offset))
    op.set16(3, UInt16(truncatingIfNeeded: count))
    (op + 5).copyMemory(from: bytes + offset, byteCount: count)
  }
}

extension PageTransaction {
  /// Room in the log for a change of `size` bytes to `own`, or nil when the page's image will be
  /// logged instead.
  @inline(__always)
  func beginChange(_ own: VersionPointer, _ size: Int) -> UnsafeMutableRawPointer? {
    if own.pointee.isImageAtCommit || own.pointee.isBulk { return nil }
    let logged = own.pointee.loggedBytes &+ UInt32(truncatingIfNeeded: size)
    own.pointee.loggedBytes = logged
    if logged > UInt32(truncatingIfNeeded: pageSize &>> 1) {
      logAsImage(own)
      return nil
    }
    if selected != own.pointee.logIndex {
      selected = own.pointee.logIndex
      let op = changes.extend(5)
      op.set8(0, LogFormat.Change.select)
      op.set32(1, selected)
    }
    return changes.extend(size)
  }

  /// Notes that the commit logs a page as a whole.
  @inline(__always)
  func logAsImage(_ own: VersionPointer) {
    if own.pointee.isImageAtCommit { return }
    own.pointee.isImageAtCommit = true
    if !own.pointee.isBulk { imageCount &+= 1 }
  }

  /// Bytes that a commit would now log, at most.
  var bytesToLog: Int { changes.count &+ imageCount &* pageSize }

  /// Logs the pages that changed too much for their changes to be worth logging one by one.
  func logImages() throws(StoreError) {
    logFreedBulkPages()
    for own in owned where own.pointee.isImageAtCommit && !own.pointee.isBulk {
      guard ownVersion(own.pointee.page) == own else { continue }
      if ownedInMemory > cache.budgetPages { spillOwned() }
      let bytes = try bytes(ofOwn: own)
      let gap = Self.longestZeroRun(bytes, from: PageHeader.size, to: contentEnd)
      let op = changes.extend(10)
      op.set8(0, LogFormat.Change.select)
      op.set32(1, own.pointee.logIndex)
      op.set8(5, LogFormat.Change.zero)
      op.set16(6, UInt16(PageHeader.size))
      op.set16(8, UInt16(contentEnd - PageHeader.size))
      logImagePart(bytes, PageHeader.size, gap.lowerBound)
      logImagePart(bytes, gap.upperBound, contentEnd)
    }
    selected = .max
  }

  /// A bulk page that this transaction has freed again is written nowhere: it begins as zeros, so
  /// that recovery does not look for it in the page file.
  private func logFreedBulkPages() {
    for index in logPages.indices
    where logPages[index].flags & LogFormat.bulkFlag != 0 && ownVersion(logPages[index].page) == nil
    {
      logPages[index].flags = LogFormat.freshFlag
      let op = changes.extend(5)
      op.set8(0, LogFormat.Change.select)
      op.set32(1, UInt32(index))
    }
  }

  private func logImagePart(_ bytes: UnsafeMutableRawPointer, _ from: Int, _ to: Int) {
    guard to > from else { return }
    let op = changes.extend(5 + to - from)
    op.set8(0, LogFormat.Change.write)
    op.set16(1, UInt16(from))
    op.set16(3, UInt16(to - from))
    (op + 5).copyMemory(from: bytes + from, byteCount: to - from)
  }

  private static func longestZeroRun(
    _ bytes: UnsafeMutableRawPointer, from: Int, to: Int
  ) -> Range<Int> {
    var best = to..<to
    var start = from
    var at = from
    while at + 8 <= to {
      if bytes.readable.u64(at) != 0 {
        if at - start > best.count { best = start..<at }
        start = at + 8
      }
      at += 8
    }
    if at - start > best.count { best = start..<at }
    return best
  }
}
