/// What a row says about one of its documents, taken from the cell's bytes.
enum DocumentCell {
  /// The document itself.
  case raw(UnsafeRawBufferPointer)
  /// One LZ4 block. The dictionary id is 0 for none.
  case block(UnsafeRawBufferPointer, rawLength: Int, checksum: UInt32, dictionary: UInt32)
  /// Blocks in the tree.
  case external(External)

  /// A document in the tree.
  struct External {
    var id: UInt64
    var rawLength: Int
    var checksum: UInt64
    var blockShift: Int
    /// No member name occurs twice in the outermost object.
    var uniqueMembers: Bool

    /// How many blocks it has.
    var blocks: Int { (rawLength + (1 << blockShift) - 1) >> blockShift }

    /// The raw length of one of its blocks.
    func rawLength(ofBlock index: Int) -> Int {
      min(1 << blockShift, rawLength - index << blockShift)
    }
  }

  /// Takes a cell apart.
  ///
  /// - Throws: ``RowError/corrupt(_:)`` for bytes that are no cell, or that claim more than LZ4 can
  ///   expand to.
  init(_ cell: UnsafeRawBufferPointer) throws(RowError) {
    guard let first = cell.first, first & 0xE0 == 0 else { throw DocumentCell.malformed }
    let form = first & DocumentFormat.formMask
    guard form == DocumentFormat.external || first & DocumentFormat.uniqueMembers == 0 else {
      throw DocumentCell.malformed
    }
    switch form {
    case DocumentFormat.raw: self = .raw(UnsafeRawBufferPointer(rebasing: cell[1...]))
    case DocumentFormat.block: self = try DocumentCell.block(cell, at: 1, dictionary: 0)
    case DocumentFormat.dictionaryBlock:
      guard cell.count >= 5 else { throw DocumentCell.malformed }
      let id = UInt32(littleEndian: cell.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
      guard id != 0 else { throw DocumentCell.malformed }
      self = try DocumentCell.block(cell, at: 5, dictionary: id)
    case DocumentFormat.external: self = .external(try DocumentCell.external(cell))
    default: throw DocumentCell.malformed
    }
  }

  static let malformed = RowError.corrupt("a document's cell is malformed")

  private static func block(
    _ cell: UnsafeRawBufferPointer, at start: Int, dictionary: UInt32
  ) throws(RowError) -> DocumentCell {
    var place = start
    var rawLength = 0
    var shift = 0
    while true {
      guard place < cell.count, shift <= 28 else { throw malformed }
      let byte = cell[place]
      place += 1
      rawLength |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    guard place + 4 <= cell.count, rawLength > 0 else { throw malformed }
    let checksum = UInt32(littleEndian: cell.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    let bytes = UnsafeRawBufferPointer(rebasing: cell[(place + 4)...])
    guard BlockCodec.plausible(rawLength, from: bytes.count) else { throw malformed }
    return .block(bytes, rawLength: rawLength, checksum: checksum, dictionary: dictionary)
  }

  private static func external(_ cell: UnsafeRawBufferPointer) throws(RowError) -> External {
    guard cell.count == DocumentFormat.externalLength,
      DocumentFormat.blockShifts.contains(Int(cell[1]))
    else { throw malformed }
    let id = UInt64(littleEndian: cell.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
    let length = UInt64(littleEndian: cell.loadUnaligned(fromByteOffset: 10, as: UInt64.self))
    let checksum = UInt64(littleEndian: cell.loadUnaligned(fromByteOffset: 18, as: UInt64.self))
    guard length > 0, length <= UInt64(DocumentFormat.maximumLength) else { throw malformed }
    return External(
      id: id, rawLength: Int(length), checksum: checksum, blockShift: Int(cell[1]),
      uniqueMembers: cell[0] & DocumentFormat.uniqueMembers != 0)
  }

  /// The length of the document.
  var rawLength: Int {
    switch self {
    case .raw(let bytes): bytes.count
    case .block(_, let rawLength, _, _): rawLength
    case .external(let external): external.rawLength
    }
  }

  // MARK: Writing

  /// Writes the cell of a raw document.
  static func write(raw bytes: UnsafeRawBufferPointer, to cell: ByteBuffer) {
    cell.append(DocumentFormat.raw)
    cell.append(bytes)
  }

  /// Writes the head of the cell of one block; the block itself follows.
  static func writeHead(rawLength: Int, checksum: UInt32, dictionary: UInt32, to cell: ByteBuffer) {
    if dictionary == 0 {
      cell.append(DocumentFormat.block)
    } else {
      cell.append(DocumentFormat.dictionaryBlock)
      cell.appendLittle(dictionary)
    }
    var rest = rawLength
    while rest >= 0x80 {
      cell.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    cell.append(UInt8(truncatingIfNeeded: rest))
    cell.appendLittle(checksum)
  }

  /// The longest head of the cell of one block.
  static let longestHead = 14

  /// Writes the cell of a document in the tree.
  static func write(_ external: External, to cell: ByteBuffer) {
    cell.append(
      DocumentFormat.external | (external.uniqueMembers ? DocumentFormat.uniqueMembers : 0))
    cell.append(UInt8(truncatingIfNeeded: external.blockShift))
    cell.appendLittle(external.id)
    cell.appendLittle(UInt64(truncatingIfNeeded: external.rawLength))
    cell.appendLittle(external.checksum)
  }
}
