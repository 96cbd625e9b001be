import CareFSTestSupport

/// Changes a page file so that most of it stays what it was.
struct PageMutator {
  /// Changes some bytes within a range in place; what libFuzzer brings along.
  typealias InPlace = (UnsafeMutableRawBufferPointer) -> Void

  let pages: UnsafeMutableRawBufferPointer
  let inPlace: InPlace
  var random: SeededRandom
  let pageSize: Int
  let pageCount: Int

  init(_ pages: UnsafeMutableRawBufferPointer, _ random: SeededRandom, inPlace: @escaping InPlace) {
    self.pages = pages
    self.inPlace = inPlace
    self.random = random
    pageSize = PageLayout.size(of: pages)
    pageCount = pages.count / pageSize
  }

  /// Makes a few changes, and mostly the checksums that they need.
  mutating func run() {
    guard pageCount > 0 else { return inPlace(pages) }
    for _ in 0..<[1, 1, 1, 2, 2, 3, 5, 8][random.below(8)] { change() }
    if random.below(32) > 0 { PageLayout.stampAll(pages) }
  }

  private mutating func change() {
    let number = random.below(pageCount)
    guard let page = pages.part(number * pageSize, pageSize) else { return }
    switch random.below(16) {
    case 0: change(page, FieldSite.one(of: PageLayout.common, at: 0, &random))
    case 1: swap(page)
    case 2, 3: window(page, from: 32)
    case 4: page.setField(32 + random.below(pageSize - 32), 1, random.next())
    case 5 where number > 1: copyBytes(within: page)
    default: changeByKind(page, number)
    }
  }

  private mutating func change(_ page: UnsafeMutableRawBufferPointer, _ site: FieldSite) {
    site.change(page, pageSize: pageSize, pageCount: pageCount, &random)
  }

  private mutating func changeByKind(_ page: UnsafeMutableRawBufferPointer, _ number: Int) {
    switch Int(page.field(PageLayout.kind, 1)) {
    case PageLayout.headerKind: changeHeaders(page)
    case PageLayout.freeMapKind:
      let place = 32 + random.below(pageCount / 8 + 2)
      page.setField(place, 1, page.field(place, 1) ^ 1 << UInt64(random.below(8)))
    case PageLayout.treeKind: changeNode(page)
    case PageLayout.overflowKind:
      change(page, FieldSite.one(of: PageLayout.overflow, at: 0, &random))
    default: window(page, from: 8)
    }
  }

  /// Both copies of the header agree more often than not: else the other one would count.
  private mutating func changeHeaders(_ page: UnsafeMutableRawBufferPointer) {
    let site = FieldSite.one(of: PageLayout.header, at: 0, &random)
    change(page, site)
    guard random.below(4) > 0 else { return }
    let value = page.field(site.offset, site.size)
    for copy in 0..<min(2, pageCount) {
      pages.part(copy * pageSize, pageSize)?.setField(site.offset, site.size, value)
    }
  }

  private mutating func changeNode(_ page: UnsafeMutableRawBufferPointer) {
    let slots = Int(page.field(34, 2))
    let head = page.field(33, 1) == 2 ? 2 : 4
    let slot = 48 + random.below(slots) * (head + 2)
    let cell = Int(page.field(slot + head, 2))
    switch random.below(8) {
    case 0, 1: change(page, FieldSite.one(of: PageLayout.node, at: 0, &random))
    case 2: change(page, FieldSite(offset: slot, size: head))
    case 3: change(page, FieldSite(offset: slot + head, size: 2))
    case 4, 5:
      // The lengths and pages that a cell begins and ends with.
      change(page, FieldSite(offset: cell + random.below(12), size: [1, 1, 2, 4][random.below(4)]))
    case 6: window(page, from: cell, length: 64)
    default:
      let other = 48 + random.below(slots) * (head + 2)
      let value = page.field(other, head + 2)
      page.setField(other, head + 2, page.field(slot, head + 2))
      page.setField(slot, head + 2, value)
    }
  }

  /// Hands a few bytes to libFuzzer.
  private mutating func window(
    _ page: UnsafeMutableRawBufferPointer, from start: Int, length: Int = 256
  ) {
    let first = start + (length < 256 ? 0 : random.below(max(pageSize - start, 1)))
    let count = min(length, 1 + random.below(length), pageSize - first)
    if count > 0, let part = page.part(first, count) { inPlace(part) }
  }

  private mutating func copyBytes(within page: UnsafeMutableRawBufferPointer) {
    let count = 1 + random.below(64)
    let from = random.below(pageSize - count)
    let to = 32 + random.below(pageSize - count - 32)
    for place in 0..<count { page[to + place] = page[from + place] }
  }

  /// One page stands where another was, with or without its number.
  private mutating func swap(_ page: UnsafeMutableRawBufferPointer) {
    let other = random.below(pageCount)
    guard let source = pages.part(other * pageSize, pageSize) else { return }
    let number = page.field(8, 4)
    let owner = page.field(24, 4)
    page.copyMemory(from: UnsafeRawBufferPointer(source))
    if random.below(4) > 0 { page.setField(8, 4, number) }
    if random.below(2) > 0 { page.setField(24, 4, owner) }
  }
}
