/// Reads a commit record's payload and applies its changes to pages.
struct CommitPayload {
  let commitNumber: UInt64
  let commitTime: Int64
  let pageCount: UInt32
  let tableCount: Int
  private let payload: UnsafeRawBufferPointer
  private let changesStart: Int

  init(_ payload: UnsafeRawBufferPointer) throws(StoreError) {
    guard let base = payload.baseAddress, payload.count >= LogFormat.commitHeaderSize else {
      throw Self.damaged
    }
    commitNumber = base.u64(LogFormat.commitNumber)
    commitTime = Int64(bitPattern: base.u64(LogFormat.commitTime))
    pageCount = base.u32(LogFormat.commitPageCount)
    tableCount = Int(base.u32(LogFormat.commitTableCount))
    let changeBytes = base.u64(LogFormat.commitChangeBytes)
    changesStart = LogFormat.commitHeaderSize + tableCount * LogFormat.tableEntrySize
    guard changesStart <= payload.count,
      changeBytes == UInt64(payload.count - changesStart),
      commitNumber < PageLimits.maximumCount
    else { throw Self.damaged }
    self.payload = payload
  }

  static let damaged = StoreError(.corrupt, "a log record contradicts itself")

  func entry(_ index: Int) -> (page: PageNumber, flags: UInt32, baseLSN: LSN) {
    guard let base = payload.baseAddress, index < tableCount else { return (0, 0, 0) }
    let at = LogFormat.commitHeaderSize + index * LogFormat.tableEntrySize
    return (base.u32(at), base.u32(at + 4), base.u64(at + 8))
  }

  /// Applies all changes in order; `page` answers the bytes of the page of a table entry when it is
  /// selected, or nil when that page is not to be changed.
  func apply(
    pageSize: Int, _ page: (Int) throws(StoreError) -> UnsafeMutableRawPointer?
  ) throws(StoreError) {
    guard let base = payload.baseAddress else { return }
    var at = changesStart
    let end = payload.count
    var target: UnsafeMutableRawPointer?
    while at < end {
      let code = base.u8(at)
      switch code {
      case LogFormat.Change.select:
        guard at + 5 <= end else { throw Self.damaged }
        let index = Int(base.u32(at + 1))
        guard index < tableCount else { throw Self.damaged }
        target = try page(index)
        at += 5
      case LogFormat.Change.write:
        guard at + 5 <= end else { throw Self.damaged }
        let offset = Int(base.u16(at + 1))
        let count = Int(base.u16(at + 3))
        guard at + 5 + count <= end, offset >= 8, offset + count <= pageSize else {
          throw Self.damaged
        }
        if let target { (target + offset).copyMemory(from: base + at + 5, byteCount: count) }
        at += 5 + count
      case LogFormat.Change.move:
        guard at + 7 <= end else { throw Self.damaged }
        let to = Int(base.u16(at + 1))
        let from = Int(base.u16(at + 3))
        let count = Int(base.u16(at + 5))
        guard to >= PageHeader.size, from >= PageHeader.size, to + count <= pageSize,
          from + count <= pageSize
        else { throw Self.damaged }
        if let target { (target + to).copyMemory(from: target + from, byteCount: count) }
        at += 7
      case LogFormat.Change.zero:
        guard at + 5 <= end else { throw Self.damaged }
        let offset = Int(base.u16(at + 1))
        let count = Int(base.u16(at + 3))
        guard offset >= PageHeader.size, offset + count <= pageSize else { throw Self.damaged }
        if let target {
          (target + offset).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        }
        at += 5
      default: throw Self.damaged
      }
    }
  }
}
