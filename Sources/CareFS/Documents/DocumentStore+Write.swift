import BTree
import PageStore

extension DocumentStore {
  /// Stores a document and returns the cell for the row, valid until the next call.
  ///
  /// - Parameter column: the id of the column; documents of one column share dictionaries.
  /// - Throws: ``DatabaseError`` `tooLarge` beyond 1 GiB.
  func store(_ document: UnsafeRawBufferPointer, column: UInt32) throws -> UnsafeRawBufferPointer {
    cell.clear()
    guard document.count >= DocumentFormat.leastCompressed else {
      DocumentCell.write(raw: document, to: cell)
      return cell.bytes
    }
    guard document.count <= DocumentFormat.maximumLength else {
      throw DatabaseError(.tooLarge, "a document is longer than 1 GiB")
    }
    let dictionary = try currentDictionary(column, seeing: document)
    if document.count <= 1 << DocumentFormat.blockShift {
      let length = compress(document, dictionary)
      if writeInline(document, length, dictionary) { return cell.bytes }
    }
    try writeExternal(document, dictionary)
    return cell.bytes
  }

  /// Frees what a cell's document takes beyond the cell.
  func free(_ cell: UnsafeRawBufferPointer) throws {
    guard case .external(let external) = try DocumentCell(cell) else { return }
    for block in 0..<external.blocks {
      var piece: UInt16 = 0
      while try withPieceKey(external.id, block, piece, { try editor.delete($0) }), piece < .max {
        piece += 1
      }
      guard piece > 0 else { throw DocumentStore.incomplete }
    }
  }

  // MARK: Small documents

  /// Compresses into ``stored``; nil if that does not pay.
  private func compress(
    _ block: UnsafeRawBufferPointer, _ dictionary: DocumentDictionary?
  ) -> Int? {
    stored.clear()
    let limit = block.count - block.count / 8 - DocumentCell.longestHead
    guard limit > 0 else { return nil }
    let target = stored.extend(limit)
    guard let length = codec.compress(block, into: target, limit: limit, dictionary: dictionary)
    else { return nil }
    stored.truncate(to: length)
    return length
  }

  /// Writes the cell of a document that fits into a row; false if it does not.
  private func writeInline(
    _ document: UnsafeRawBufferPointer, _ length: Int?, _ dictionary: DocumentDictionary?
  ) -> Bool {
    if length != nil {
      guard stored.count + DocumentCell.longestHead <= inlineLimit else { return false }
      DocumentCell.writeHead(
        rawLength: document.count, checksum: UInt32(truncatingIfNeeded: XXH64.hash(document)),
        dictionary: dictionary?.id ?? 0, to: cell)
      cell.append(stored.bytes)
      return true
    }
    guard document.count + 1 <= inlineLimit else { return false }
    DocumentCell.write(raw: document, to: cell)
    return true
  }

  // MARK: Long documents

  private func writeExternal(
    _ document: UnsafeRawBufferPointer, _ dictionary: DocumentDictionary?
  ) throws {
    let external = DocumentCell.External(
      id: try nextID(), rawLength: document.count, checksum: XXH64.hash(document),
      blockShift: DocumentFormat.blockShift,
      uniqueMembers: JSONMembers.areUnique(inOutermostObjectOf: document))
    let block = ByteBuffer(capacity: 1 << 14)
    for index in 0..<external.blocks {
      let start = index << external.blockShift
      let raw = UnsafeRawBufferPointer(
        rebasing: document[start..<start + external.rawLength(ofBlock: index)])
      let isCompressed = compress(raw, dictionary) != nil
      block.clear()
      block.append(
        !isCompressed
          ? DocumentFormat.raw
          : dictionary == nil ? DocumentFormat.block : DocumentFormat.dictionaryBlock)
      block.appendLittle(isCompressed ? dictionary?.id ?? 0 : 0)
      block.appendLittle(UInt32(truncatingIfNeeded: isCompressed ? stored.count : raw.count))
      block.appendLittle(UInt32(truncatingIfNeeded: XXH64.hash(raw)))
      block.append(isCompressed ? stored.bytes : raw)
      try writePieces(external.id, index, block.bytes)
    }
    cell.clear()
    DocumentCell.write(external, to: cell)
  }

  /// Divides a block into pieces that fill the tree's pages.
  private func writePieces(_ id: UInt64, _ block: Int, _ bytes: UnsafeRawBufferPointer) throws {
    // What two entries of a page leave for their values.
    let longest = transaction.contentEnd / 2 - 64
    var start = 0
    var number: UInt16 = 0
    while start < bytes.count {
      let left = bytes.count - start
      var size = min(left, longest)
      let room = try withPieceKey(id, block, number) { try editor.roomAtEnd(for: $0) }
      if room >= min(left, DocumentFormat.leastPiece) { size = min(size, room) }
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
      let isNew = try withPieceKey(id, block, number) { try editor.insert($0, piece) }
      guard isNew, number < .max else {
        throw DocumentFormat.corrupt("a document id is in use already")
      }
      start += size
      number += 1
    }
  }

  @inline(__always)
  private func withPieceKey<R>(
    _ id: UInt64, _ block: Int, _ piece: UInt16, _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    var bytes: (UInt64, UInt64) = (0, 0)
    return try withUnsafeMutableBytes(of: &bytes) { key in
      guard let base = key.baseAddress else { return try body(UnsafeRawBufferPointer(key)) }
      DocumentFormat.writePieceKey(
        id, block: UInt32(truncatingIfNeeded: block), piece: piece, to: base)
      return try body(UnsafeRawBufferPointer(rebasing: key[..<DocumentFormat.pieceKeyLength]))
    }
  }

  /// A document id that was never used before, from the tree's counter.
  private func nextID() throws -> UInt64 {
    let id = try readCounter()
    let (next, overflow) = id.addingReportingOverflow(1)
    if overflow { throw DatabaseError(.tooLarge, "the table has used up its document ids") }
    try startIDs(at: next)
    return id
  }

  /// Makes this the next document id.
  func startIDs(at id: UInt64) throws {
    var value = id.littleEndian
    try DocumentFormat.counterKey.withUnsafeBytes { key in
      _ = try withUnsafeBytes(of: &value) { try editor.insert(key, $0, ifPresent: .replace) }
    }
  }

  /// The next document id.
  func readCounter() throws -> UInt64 {
    transaction.enter()
    defer { transaction.leave() }
    return try DocumentFormat.counterKey.withUnsafeBytes { key in
      guard let value = try tree.find(key, in: transaction) else { return 1 }
      guard value.count == 8 else {
        throw DocumentFormat.corrupt("the counter of documents is damaged")
      }
      return UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
    }
  }
}
