import Synchronization

/// Which pages someone has met: each can be claimed once, by any thread. One bit a page, in chunks
/// that are made where a page is met: what a damaged file says of its size takes no memory.
package final class PageClaims: @unchecked Sendable {
  private typealias Word = Atomic<UInt64>

  private let limit: PageNumber
  private let chunks: UnsafeMutableBufferPointer<Atomic<UInt>>
  private let lock = Lock()
  /// What lies behind the file's end, where only damage leads.
  private var outliers: Set<PageNumber> = []

  private static let chunkShift: PageNumber = 16
  private static let wordsPerChunk = 1 << (Int(chunkShift) - 6)

  /// - Parameter limit: the number of pages of the file.
  package init(limit: PageNumber) {
    self.limit = limit
    chunks = .allocate(capacity: Int(limit >> Self.chunkShift) + 1)
    for index in chunks.indices { chunks.initializeElement(at: index, to: Atomic(0)) }
  }

  deinit {
    for index in chunks.indices {
      guard let words = words(index) else { continue }
      words.deinitialize(count: Self.wordsPerChunk)
      words.deallocate()
    }
    chunks.deinitialize()
    chunks.deallocate()
  }

  /// Notes a page; false when it was there already.
  package func claim(_ page: PageNumber) -> Bool {
    guard page < limit else { return lock.with { outliers.insert(page).inserted } }
    let chunk = Int(page >> Self.chunkShift)
    let words = words(chunk) ?? makeWords(chunk)
    let bit: UInt64 = 1 << UInt64(page & 63)
    return words[Self.word(page)].bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
  }

  /// Whether exactly these pages were claimed. Only when no thread claims any more.
  package func equals(_ pages: PageSet) -> Bool {
    guard outliers.isEmpty else { return false }
    var claimed = 0
    for index in chunks.indices {
      guard let words = words(index) else { continue }
      for word in 0..<Self.wordsPerChunk {
        claimed += words[word].load(ordering: .relaxed).nonzeroBitCount
      }
    }
    guard claimed == pages.count else { return false }
    var isEqual = true
    func look(_ page: PageNumber) {
      guard page < limit, let words = words(Int(page >> Self.chunkShift)),
        words[Self.word(page)].load(ordering: .relaxed) & 1 << UInt64(page & 63) != 0
      else {
        isEqual = false
        return
      }
    }
    pages.forEach(look)
    return isEqual
  }

  private static func word(_ page: PageNumber) -> Int {
    Int(page & (1 << chunkShift - 1)) >> 6
  }

  private func words(_ chunk: Int) -> UnsafeMutablePointer<Word>? {
    UnsafeMutablePointer(bitPattern: chunks[chunk].load(ordering: .acquiring))
  }

  private func makeWords(_ chunk: Int) -> UnsafeMutablePointer<Word> {
    lock.with {
      if let words = words(chunk) { return words }
      let words = UnsafeMutablePointer<Word>.allocate(capacity: Self.wordsPerChunk)
      for index in 0..<Self.wordsPerChunk { (words + index).initialize(to: Word(0)) }
      chunks[chunk].store(UInt(bitPattern: words), ordering: .releasing)
      return words
    }
  }
}
