import PageStore

/// What the page format says of places, written from Spec/format.md and not from the engine.
enum PageLayout {
  static let sizes = [4096, 8192, 16384, 32768, 65536]

  // Of every page.
  static let checksum = 0
  static let fileID = 64
  static let pageSize = 52
  static let segmentSize = 152
  static let checkpointLSN = 104
  static let salt = 112

  /// Offset and size of the fields that every page has.
  static let common = [(8, 4), (12, 1), (13, 1), (14, 2), (16, 8), (24, 4), (28, 4)]
  /// Those of a file header.
  static let header = [
    (48, 2), (50, 2), (52, 4), (56, 4), (60, 4), (80, 8), (88, 4), (92, 4), (96, 8), (104, 8),
    (112, 8), (120, 8), (128, 4), (132, 4), (136, 8), (144, 8), (152, 4), (156, 4),
  ]
  /// Those of a node of a tree.
  static let node = [(32, 1), (33, 1), (34, 2), (36, 2), (38, 2), (40, 2), (42, 2), (44, 4)]
  /// Those of an overflow page.
  static let overflow = [(32, 4), (36, 4)]

  static let kind = 12
  static let headerKind = 1
  static let freeMapKind = 2
  static let treeKind = 3
  static let overflowKind = 4

  /// The page size that the first header names.
  static func size(of pages: UnsafeMutableRawBufferPointer) -> Int {
    let size = Int(pages.field(pageSize, 4))
    return sizes.contains(size) ? size : 4096
  }

  /// What the checksums of a file are seeded with, by the header at `page`.
  static func seed(_ page: UnsafeMutableRawBufferPointer) -> UInt64 {
    guard let id = page.part(fileID, 16) else { return 0 }
    return XXH64.hash(UnsafeRawBufferPointer(id), seed: 0)
  }

  /// Writes the checksum that a page at its place must have.
  static func stamp(_ page: UnsafeMutableRawBufferPointer, number: Int, seed: UInt64) {
    guard let body = page.part(8, page.count - 8) else { return }
    let place = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    let sum = XXH64.hash(UnsafeRawBufferPointer(body), seed: seed &+ place)
    page.setField(checksum, 8, sum == 0 ? 1 : sum)
  }

  /// Writes the checksums of all pages.
  static func stampAll(_ pages: UnsafeMutableRawBufferPointer) {
    let size = size(of: pages)
    let seed = seed(pages)
    for number in 0..<pages.count / size {
      guard let page = pages.part(number * size, size) else { return }
      stamp(page, number: number, seed: number < 2 ? Self.seed(page) : seed)
    }
  }
}
