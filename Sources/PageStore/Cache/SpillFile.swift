/// Pages that do not fit into the cache and that the page file cannot give back.
///
/// The file has no name and is never read by recovery. Used under the cache's lock.
final class SpillFile: @unchecked Sendable {
  private let fileSystem: any FileSystem
  private let path: String
  private let pageSize: Int
  private var file: (any StorageFile)?
  private var freeSlots: [UInt32] = []
  private var slotCount: UInt32 = 0
  /// What is written is stamped here: others may be copying the page itself.
  private lazy var stamped = RawBuffer(capacity: pageSize)
  private(set) var pagesWritten: UInt64 = 0

  init(fileSystem: any FileSystem, path: String, pageSize: Int) {
    self.fileSystem = fileSystem
    self.path = path
    self.pageSize = pageSize
  }

  deinit { file?.close() }

  /// Writes a copy of a page; answers its slot, or nil when the system refuses.
  func put(_ page: UnsafeMutableRawPointer) -> UInt32? {
    do {
      let file = try openFile()
      let slot = freeSlots.popLast() ?? slotCount
      // The checksum guards against a disk that forgets, as for any page.
      stamped.count = 0
      stamped.append(UnsafeRawBufferPointer(start: page, count: pageSize))
      let body = UnsafeRawBufferPointer(rebasing: stamped.bytes[8...])
      stamped.base.set64(PageHeader.checksum, XXH64.hash(body, seed: UInt64(slot)))
      try file.write(stamped.bytes, at: UInt64(slot) * UInt64(pageSize))
      if slot == slotCount { slotCount += 1 }
      pagesWritten &+= 1
      return slot
    } catch {
      return nil
    }
  }

  /// Reads a slot into `page`.
  func get(_ slot: UInt32, into page: UnsafeMutableRawPointer) throws(StoreError) {
    let file = try openFile()
    let n = try file.read(
      into: UnsafeMutableRawBufferPointer(start: page, count: pageSize),
      at: UInt64(slot) * UInt64(pageSize))
    let body = UnsafeRawBufferPointer(start: page + 8, count: pageSize - 8)
    guard n == pageSize,
      page.readable.u64(PageHeader.checksum) == XXH64.hash(body, seed: UInt64(slot))
    else { throw StoreError(.corrupt, "the spill file beside \(path) lost a page") }
  }

  func give(_ slot: UInt32) {
    freeSlots.append(slot)
    if freeSlots.count == Int(slotCount), slotCount > 0 {
      freeSlots.removeAll()
      slotCount = 0
      try? file?.truncate(to: 0)
    }
  }

  private func openFile() throws(StoreError) -> any StorageFile {
    if let file { return file }
    let made = try fileSystem.openTemporary(beside: path)
    file = made
    return made
  }
}
