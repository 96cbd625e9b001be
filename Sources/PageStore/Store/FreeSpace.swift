/// Which pages are in use: bitmaps in pages of their own, one bit a page, kept by the writer.
///
/// Map `k` covers pages `k * span ..< (k + 1) * span` and is page `k * span + 2`; the first two pages
/// of the file are its headers. Upkeep costs one bit for each page taken or given back.
final class FreeSpace {
  let span: UInt32
  private let contentEnd: Int
  /// For each map: no page is free below this byte of it.
  private var hints: [Int] = []

  static let owner: UInt32 = 0

  init(contentEnd: Int) {
    self.contentEnd = contentEnd
    span = UInt32(contentEnd - PageHeader.size) * 8
  }

  func mapPage(_ index: UInt32) -> PageNumber { index * span + 2 }

  func isMap(_ page: PageNumber) -> Bool { page % span == 2 }

  /// After a rollback the hints may be too high.
  func forgetHints() { hints.removeAll(keepingCapacity: true) }

  /// Takes the lowest free page.
  func take(_ tx: PageTransaction) throws(StoreError) -> PageNumber {
    var index: UInt32 = 0
    while true {
      while hints.count <= Int(index) { hints.append(0) }
      if mapPage(index) >= tx.pageCount { try addMap(index, tx) }
      if let page = try take(from: index, tx) { return page }
      index += 1
      guard index < PageLimits.maximumPageCount / span else {
        throw StoreError(.tooLarge, "the file has reached its largest size")
      }
    }
  }

  private func take(from index: UInt32, _ tx: PageTransaction) throws(StoreError) -> PageNumber? {
    var at = hints[Int(index)]
    let byteCount = Int(span / 8)
    guard at < byteCount else { return nil }
    let map = try tx.page(mapPage(index), kind: .freeMap, owner: Self.owner) + PageHeader.size
    while at + 8 <= byteCount, map.u64(at) == .max { at += 8 }
    while at < byteCount, map.u8(at) == 0xFF { at += 1 }
    hints[Int(index)] = at
    guard at < byteCount else { return nil }
    let byte = map.u8(at)
    let bit = (~byte).trailingZeroBitCount
    let page = index * span + UInt32(at * 8 + bit)
    // A map that calls a header or a map free would have it overwritten.
    guard page > 2, !isMap(page) else {
      throw StoreError.corrupt(mapPage(index), "it calls page \(page) free, which cannot be")
    }
    let editor = try tx.edit(mapPage(index), kind: .freeMap, owner: Self.owner)
    editor.writeUInt8(byte | (1 << UInt8(bit)), at: PageHeader.size + at)
    if page >= tx.pageCount { tx.pageCount = page + 1 }
    return page
  }

  private func addMap(_ index: UInt32, _ tx: PageTransaction) throws(StoreError) {
    let number = mapPage(index)
    let editor = try tx.makeFresh(number, kind: .freeMap, owner: Self.owner)
    editor.writeUInt8(1 << 2, at: PageHeader.size)
    // The two pages before a map are ordinary ones: they stay free.
    tx.pageCount = number + 1
  }

  /// Marks `page` as free.
  func give(_ page: PageNumber, _ tx: PageTransaction) throws(StoreError) {
    let index = page / span
    guard page < tx.pageCount, !isMap(page), page > 2 else {
      throw StoreError.corrupt(page, "it cannot be free")
    }
    let at = Int((page % span) / 8)
    let bit = UInt8(1) << UInt8(page % 8)
    let editor = try tx.edit(mapPage(index), kind: .freeMap, owner: Self.owner)
    let byte = editor.base.u8(PageHeader.size + at)
    guard byte & bit != 0 else { throw StoreError.corrupt(page, "it is free already") }
    editor.writeUInt8(byte & ~bit, at: PageHeader.size + at)
    while hints.count <= Int(index) { hints.append(0) }
    if at < hints[Int(index)] { hints[Int(index)] = at }
    #if TEST_SWITCHES
      if planted(.doubleFree) { try giveOnceMore(page, tx) }
    #endif
  }

  #if TEST_SWITCHES
    private var lastGiven: PageNumber = 0

    /// Frees the page again that was freed before `page`.
    private func giveOnceMore(_ page: PageNumber, _ tx: PageTransaction) throws(StoreError) {
      let again = lastGiven
      lastGiven = page
      guard again != 0, again < tx.pageCount, !isMap(again) else { return }
      let editor = try tx.edit(mapPage(again / span), kind: .freeMap, owner: Self.owner)
      let at = PageHeader.size + Int((again % span) / 8)
      editor.writeUInt8(editor.base.u8(at) & ~(UInt8(1) << UInt8(again % 8)), at: at)
      forgetHints()
    }
  #endif

  /// The least page count that covers every page in use.
  func neededPageCount(_ tx: PageTransaction) throws(StoreError) -> UInt32 {
    guard tx.pageCount > 3 else { return tx.pageCount }
    var index = (tx.pageCount - 3) / span
    tx.enter()
    defer { tx.leave() }
    while true {
      let map = try tx.page(mapPage(index), kind: .freeMap, owner: Self.owner) + PageHeader.size
      var at = Int(span / 8)
      while at > 0, map.u8(at - 1) == 0 { at -= 1 }
      if at > 0 {
        let bit = 7 - map.u8(at - 1).leadingZeroBitCount
        let page = index * span + UInt32((at - 1) * 8 + bit)
        // A map that covers nothing but itself goes with the pages that it covered. The two pages
        // before it are its own, too.
        if index == 0 || page != mapPage(index) || map.u8(0) & 0b11 != 0 { return page + 1 }
      }
      // The first map covers itself: one that calls even itself free must not have the file cut.
      guard index > 0 else { throw StoreError.corrupt(mapPage(0), "it calls itself free") }
      index -= 1
    }
  }

  /// Calls `body` with the numbers of all pages in use.
  func forEachUsed(
    _ tx: PageTransaction, _ body: (PageNumber) throws(StoreError) -> Void
  ) throws(StoreError) {
    var index: UInt32 = 0
    while mapPage(index) < tx.pageCount {
      tx.enter()
      defer { tx.leave() }
      let map = try tx.page(mapPage(index), kind: .freeMap, owner: Self.owner) + PageHeader.size
      for at in 0..<Int(span / 8) {
        var byte = map.u8(at)
        while byte != 0 {
          let bit = byte.trailingZeroBitCount
          byte &= byte &- 1
          try body(index * span + UInt32(at * 8 + bit))
        }
      }
      index += 1
    }
  }
}
