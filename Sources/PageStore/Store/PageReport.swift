/// A set of page numbers, one bit each.
public struct PageSet: Sendable, Equatable {
  private var words: [UInt64] = []
  /// How many pages are in the set.
  public private(set) var count = 0

  /// An empty set.
  public init() {}

  /// Whether `page` is in the set.
  public func contains(_ page: PageNumber) -> Bool {
    let index = Int(page >> 6)
    return index < words.count && words[index] & (1 << UInt64(page & 63)) != 0
  }

  /// Adds `page`; false when it is there already.
  @discardableResult
  public mutating func insert(_ page: PageNumber) -> Bool {
    let index = Int(page >> 6)
    if index >= words.count {
      words.append(contentsOf: repeatElement(0, count: index + 1 - words.count))
    }
    let bit: UInt64 = 1 << UInt64(page & 63)
    guard words[index] & bit == 0 else { return false }
    words[index] |= bit
    count += 1
    return true
  }

  /// Calls `body` with each page, ascending.
  public func forEach<E: Error>(_ body: (PageNumber) throws(E) -> Void) throws(E) {
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        try body(PageNumber(index * 64 + rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
  }
}

/// What `Pager.verifyPages` found.
public struct PageReport: Sendable {
  /// A contradiction, and where it is.
  public struct Finding: Sendable, Hashable {
    /// The page concerned.
    public var page: PageNumber
    /// One line; never contents.
    public var reason: String
  }

  /// What contradicts the format: empty for a sound file.
  public var findings: [Finding] = []
  /// What is worth telling and is no damage: a dropped tail of the log, bytes behind the last page.
  public var notes: [String] = []
  /// The pages in use that belong to trees: each must be named by exactly one of them.
  public var used = PageSet()
  /// Pages in the file, headers and maps included.
  public var pageCount: UInt32 = 0
  /// Pages that can be allocated.
  public var freeCount = 0
  /// Bytes of the page file that were read.
  public var bytesRead: UInt64 = 0
  /// True when nothing contradicts the format.
  public var isSound: Bool { findings.isEmpty }
}
