/// Verifies that a table's rows and its document tree agree: each document in the tree belongs to
/// exactly one cell, each cell's document is whole, and each dictionary in use is there.
///
/// Give it the cell of every row in any order, and every entry of the tree in key order. Takes 16
/// bytes of memory for each document in the tree and for each cell that refers to one. What the
/// documents say is verified by loading them.
final class DocumentCheck {
  /// More findings than this are counted, not kept.
  static let findingLimit = 100

  /// What was found wrong, one line each.
  private(set) var findings: [String] = []
  /// How many findings there were.
  private(set) var findingCount = 0
  /// How many documents lie in the tree.
  var documents: Int { present.count }

  private struct Extent {
    var id: UInt64
    var blocks: Int
  }

  private var referenced: [Extent] = []
  private var present: [Extent] = []
  private var dictionariesUsed: Set<UInt32> = []
  private var dictionaries: Set<UInt32> = []
  private var nextID: UInt64?

  // The piece before the current entry.
  private var piece: UInt16 = 0
  /// Bytes that the current block still lacks.
  private var lacking = 0

  private func report(_ finding: String) {
    findingCount += 1
    if findings.count < DocumentCheck.findingLimit { findings.append(finding) }
  }

  /// Notes a cell of a row.
  func reference(_ cell: UnsafeRawBufferPointer) {
    do throws(RowError) {
      switch try DocumentCell(cell) {
      case .raw: break
      case .block(_, _, _, let dictionary):
        if dictionary != 0 { dictionariesUsed.insert(dictionary) }
      case .external(let external):
        referenced.append(Extent(id: external.id, blocks: external.blocks))
      }
    } catch {
      report("a row has a malformed document cell")
    }
  }

  /// Notes the cells that another check was given.
  func addReferences(of other: DocumentCheck) {
    referenced += other.referenced
    dictionariesUsed.formUnion(other.dictionariesUsed)
  }

  /// Notes an entry of the tree.
  func entry(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    if let (id, block, piece) = DocumentFormat.readPieceKey(key) {
      self.piece(id, Int(block), piece, value)
      return
    }
    let number =
      key.count == 5
      ? UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self)) : 0
    switch (key.first, key.count) {
    case (0, 1) where value.count == 8:
      nextID = UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
    case (DocumentFormat.columnMark, 5) where value.count == 12:
      let id = UInt32(littleEndian: value.loadUnaligned(as: UInt32.self))
      if id != 0 { dictionariesUsed.insert(id) }
    case (DocumentFormat.dictionaryMark, 5):
      dictionaries.insert(number)
      if (try? DocumentDictionary(id: number, record: value)) == nil {
        report("document dictionary \(number) is damaged")
      }
    default: report("the document tree has an entry of no known kind")
    }
  }

  private func piece(
    _ id: UInt64, _ block: Int, _ piece: UInt16, _ value: UnsafeRawBufferPointer
  ) {
    if let last = present.last, last.id == id {
      if block == last.blocks - 1, piece == self.piece &+ 1, piece > 0 {
        self.piece = piece
        lacking -= value.count
        if lacking < 0 { report("document \(id) has a block that is too long") }
        return
      }
      if block != last.blocks || piece != 0 { report("document \(id) has a gap") }
      endBlock()
      present[present.count - 1].blocks = block + 1
    } else {
      endBlock()
      if block != 0 || piece != 0 { report("document \(id) has no beginning") }
      present.append(Extent(id: id, blocks: block + 1))
    }
    self.piece = piece
    beginBlock(id, value)
  }

  private func beginBlock(_ id: UInt64, _ value: UnsafeRawBufferPointer) {
    guard value.count > DocumentFormat.blockHeaderLength else {
      report("document \(id) has a damaged block")
      return
    }
    let dictionary = UInt32(littleEndian: value.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    let length = UInt32(littleEndian: value.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
    if value[0] == DocumentFormat.dictionaryBlock { dictionariesUsed.insert(dictionary) }
    lacking = Int(length) - (value.count - DocumentFormat.blockHeaderLength)
  }

  private func endBlock() {
    if lacking != 0, let last = present.last {
      report("document \(last.id) has a block of the wrong length")
    }
    lacking = 0
  }

  /// Compares what was noted, once it is all there.
  func finish() {
    endBlock()
    referenced.sort { $0.id < $1.id }
    var place = 0
    for extent in referenced {
      while place < present.count, present[place].id < extent.id {
        report("document \(present[place].id) belongs to no row")
        place += 1
      }
      if place < present.count, present[place].id == extent.id {
        if present[place].blocks != extent.blocks {
          report("document \(extent.id) has \(present[place].blocks) of \(extent.blocks) blocks")
        }
        place += 1
      } else if place > 0, present[place - 1].id == extent.id {
        report("document \(extent.id) belongs to more than one row")
      } else {
        report("document \(extent.id) of a row is not there")
      }
    }
    for extent in present[place...] { report("document \(extent.id) belongs to no row") }
    if let last = present.last, last.id >= nextID ?? 1 {
      report("document \(last.id) is beyond the counter of document ids")
    }
    for id in dictionariesUsed.subtracting(dictionaries).sorted() {
      report("document dictionary \(id) is not there")
    }
  }
}
