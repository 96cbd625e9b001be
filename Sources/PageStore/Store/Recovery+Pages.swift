/// The pages that recovery builds, and where their bytes are.
extension Recovery {
  // MARK: How much memory

  func size(with log: LogReader) throws(StoreError) -> Int {
    let size = try file.size() + UInt64(log.segmentCount) * UInt64(log.segmentSize)
    return Int(min(size, 1 << 60))
  }

  /// How many pages may be in memory: half of what the cache may have, or as many as there are bytes of
  /// in what is read. So a log of changes to the file's own pages is applied without a spill, and one
  /// that takes pages for little is not followed.
  private var mostResident: Int { max(cache.budgetPages / 2, bytesOfFiles / header.pageSize) }

  /// The same when none can be spilled: more.
  private var mostUnspilled: Int {
    max(mostResident, ((64 << 20) + 4 * bytesOfFiles) / header.pageSize)
  }

  /// How many pages the log may name. What is known of one takes memory, wherever its bytes are: 256
  /// bytes at most, with the dictionary that grows and the version that it becomes, where the log names
  /// one in 16. Pages of the file are far below this bound, and so are new ones, which the log fills
  /// with something; beside it there are the process, the cache and what is read.
  var mostPages: Int { ((16 << 20) + 2 * bytesOfFiles) / 256 }

  // MARK: What there is

  /// The LSN of the page as recovery has it so far: first from the page file, if that is sound. Nil
  /// when there is no sound base of it.
  func lookUp(_ number: PageNumber) throws(StoreError) -> LSN? {
    if let page = pages[number] { return page.lsn }
    if baseless.contains(number) { return nil }
    let buffer = spare ?? cache.lock.with { cache.takeBuffer() }
    spare = buffer
    var lsn = try readFromFile(number, buffer)
    var isOfFile = true
    if let image = images[number], lsn ?? 0 < image.readable.u64(PageHeader.lsn) {
      buffer.copyMemory(from: image, byteCount: header.pageSize)
      lsn = image.readable.u64(PageHeader.lsn)
      isOfFile = false
    }
    guard let lsn else {
      baseless.insert(number)
      return nil
    }
    try makeRoom(for: number)
    spare = nil
    pages[number] = Page(bytes: buffer, lsn: lsn, isOfFile: isOfFile)
    return lsn
  }

  /// Reads a page of the page file; answers its LSN, or nil when it is not sound.
  private func readFromFile(
    _ number: PageNumber, _ buffer: UnsafeMutableRawPointer
  ) throws(StoreError) -> LSN? {
    let n = try file.read(
      into: UnsafeMutableRawBufferPointer(start: buffer, count: header.pageSize),
      at: UInt64(number) * UInt64(header.pageSize))
    guard n == header.pageSize, checksum.isSound(buffer, number) else { return nil }
    return buffer.readable.u64(PageHeader.lsn)
  }

  // MARK: Changing

  /// The bytes of a page that has a base, to be changed; valid until those of another are asked for.
  func bytes(of number: PageNumber) throws(StoreError) -> UnsafeMutableRawPointer? {
    guard var page = pages[number] else { return nil }
    if let bytes = page.bytes {
      if page.isOfFile { pages[number]?.isOfFile = false }
      return bytes
    }
    let buffer = try takeBuffer(for: number)
    do throws(StoreError) {
      if page.spillSlot != 0 {
        try cache.spill.get(page.spillSlot &- 1, into: buffer)
      } else if try readFromFile(number, buffer) != page.lsn {
        throw StoreError.corrupt(number, "it changed while the log was read")
      }
    } catch {
      cache.lock.with { cache.giveBuffer(buffer) }
      throw error
    }
    giveSlot(of: page)
    page.spillSlot = 0
    page.bytes = buffer
    page.isOfFile = false
    pages[number] = page
    return buffer
  }

  /// The bytes of a page that begins anew, all zero but for its number.
  func zeros(for number: PageNumber) throws(StoreError) -> UnsafeMutableRawPointer {
    let bytes = try room(for: number)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: header.pageSize)
    bytes.set32(PageHeader.number, number)
    return bytes
  }

  /// Takes an image for the page.
  func put(_ image: UnsafeRawPointer, _ lsn: LSN, of number: PageNumber) throws(StoreError) {
    try room(for: number).copyMemory(from: image, byteCount: header.pageSize)
    pages[number]?.lsn = lsn
  }

  /// Room for a page whose bytes so far do not matter.
  private func room(for number: PageNumber) throws(StoreError) -> UnsafeMutableRawPointer {
    var page = pages[number] ?? Page(lsn: 0)
    let bytes: UnsafeMutableRawPointer
    if let present = page.bytes { bytes = present } else { bytes = try takeBuffer(for: number) }
    giveSlot(of: page)
    page.spillSlot = 0
    page.bytes = bytes
    page.isOfFile = false
    pages[number] = page
    baseless.remove(number)
    return bytes
  }

  // MARK: Letting go

  /// Notes that no sound base of the page is known any more.
  func forgetBase(of number: PageNumber) {
    if let page = pages.removeValue(forKey: number) { letGo(page, number) }
    baseless.insert(number)
  }

  /// Leaves a page where it is, when it stands in the page file as it should.
  func leaveInFile(_ number: PageNumber) {
    guard var page = pages[number], page.isOfFile else { return }
    letGo(page, number)
    page.bytes = nil
    page.spillSlot = 0
    pages[number] = page
  }

  func dropPages(where isDropped: (PageNumber) -> Bool) {
    for (number, page) in pages where isDropped(number) {
      pages[number] = nil
      letGo(page, number)
    }
  }

  func forgetPages() {
    for (number, page) in takePages() { letGo(page, number) }
    baseless = []
    outdated = []
  }

  /// Hands the pages over; the caller owns their bytes and slots.
  func takePages() -> [PageNumber: Page] {
    defer { pages = [:] }
    resident = []
    residentHand = 0
    if let spare { cache.lock.with { cache.giveBuffer(spare) } }
    spare = nil
    return pages
  }

  private func letGo(_ page: Page, _ number: PageNumber) {
    if let bytes = page.bytes { cache.lock.with { cache.giveBuffer(bytes) } }
    giveSlot(of: page)
    if resident.last == number { resident.removeLast() }
  }

  private func giveSlot(of page: Page) {
    if page.spillSlot != 0 { cache.lock.with { cache.spill.give(page.spillSlot &- 1) } }
  }

  // MARK: Memory

  private func takeBuffer(for number: PageNumber) throws(StoreError) -> UnsafeMutableRawPointer {
    try makeRoom(for: number)
    return cache.lock.with { cache.takeBuffer() }
  }

  /// Sees to it that one more page may be in memory, the one with this number.
  private func makeRoom(for number: PageNumber) throws(StoreError) {
    if resident.count >= mostResident {
      if residentHand >= resident.count { residentHand = 0 }
      if spill(resident[residentHand]) {
        resident[residentHand] = number
        residentHand += 1
        return
      }
      // As for the cache, a spill that fails costs memory, but no more than is reasonable.
      guard resident.count < mostUnspilled else {
        throw StoreError(
          .diskFull,
          "the log has more pages than fit into memory, and none can be put beside the file")
      }
    }
    resident.append(number)
  }

  /// Whether the page is not in memory any more.
  private func spill(_ number: PageNumber) -> Bool {
    guard var page = pages[number], let bytes = page.bytes else { return true }
    guard !isSpillRefused, let slot = cache.lock.with({ cache.spill.put(bytes) }) else {
      isSpillRefused = true
      return false
    }
    page.spillSlot = slot + 1
    page.bytes = nil
    pages[number] = page
    cache.lock.with { cache.giveBuffer(bytes) }
    return true
  }
}
