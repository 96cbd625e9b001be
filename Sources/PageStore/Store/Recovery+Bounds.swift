/// What the numbers of pages in a log may claim.
extension Recovery {
  static func missing(_ number: PageNumber) -> StoreError {
    StoreError.corrupt(number, "neither the file nor the log has a sound copy of it")
  }

  /// A page count is as long as there are maps for: what a record claims alone would cost as much time
  /// as the largest file.
  func requireMaps() throws(StoreError) {
    let inFile = try pagesInFile()
    let first = UInt32(max(min(inFile, UInt64(pageCount)), 3) - 3) / space.span
    var number = UInt64(space.mapPage(first))
    while number < pageCount {
      guard number < inFile || pages[PageNumber(number)] != nil else {
        throw Self.missing(PageNumber(number))
      }
      number += UInt64(space.span)
    }
  }

  /// A file grows by the pages that commits take, one after the other, and by two before each map: the
  /// log names those that the page file lacks.
  func requireGrowth() throws(StoreError) {
    let inFile = try pagesInFile()
    let count = UInt64(pageCount)
    guard count > inFile else { return }
    let named = pages.keys.count { UInt64($0) >= inFile && $0 < pageCount }
    let maps = count / UInt64(space.span) - inFile / UInt64(space.span) + 1
    guard count - inFile <= UInt64(named) + 2 * maps else {
      throw StoreError(
        .corrupt, "the log names \(count) pages, and neither it nor the file has as many")
    }
  }

  /// For saving what there is: Leaves out pages far behind the file's end that stand alone there. What
  /// a writer takes lies side by side, and the memory for a page's place is shared by its neighbours.
  func dropScattered() {
    let inFile = (try? pagesInFile()) ?? 0
    var chunks: [PageNumber: Int] = [:]
    var count = 0
    for number in pages.keys where UInt64(number) >= inFile {
      chunks[number >> PageTable.chunkShift, default: 0] += 1
      count += 1
    }
    let most = Self.scatteredChunks + count >> 10
    guard chunks.count > most else { return }
    let fullest = chunks.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most)
    let kept = Set(fullest.map(\.key))
    dropPages {
      guard UInt64($0) >= inFile, !kept.contains($0 >> PageTable.chunkShift) else { return false }
      self.outdated.insert($0)
      return true
    }
  }

  private static var scatteredChunks: Int { 128 }

  private var space: FreeSpace {
    FreeSpace(contentEnd: header.pageSize - Int(header.reservedBytes))
  }

  private func pagesInFile() throws(StoreError) -> UInt64 {
    try file.size() / UInt64(header.pageSize)
  }
}
