import PageStore

extension DocumentStore {
  /// The whole document of a cell; valid until the next call, and as long as the cell is.
  ///
  /// - Throws: ``RowError/corrupt(_:)`` if the document is not what was stored.
  func load(_ cell: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    switch try DocumentCell(cell) {
    case .raw(let bytes): return bytes
    case .block(let block, let rawLength, let checksum, let dictionary):
      loaded.clear()
      let target = loaded.extend(rawLength)
      let words = dictionary == 0 ? nil : try self.dictionary(dictionary)
      guard BlockCodec.expand(block, into: target, rawLength: rawLength, dictionary: words),
        UInt32(truncatingIfNeeded: XXH64.hash(loaded.bytes)) == checksum
      else { throw DocumentStore.damaged }
      return loaded.bytes
    case .external(let external):
      try requireLastBlock(external)
      loaded.clear()
      for block in 0..<external.blocks {
        let length = external.rawLength(ofBlock: block)
        try expand(block, of: external, into: loaded.extend(length), verifying: false)
      }
      guard XXH64.hash(loaded.bytes) == external.checksum else { throw DocumentStore.damaged }
      return loaded.bytes
    }
  }

  static let damaged = RowError.corrupt("a document is damaged: its checksum does not match")

  /// A part of a document; reads only the blocks that it touches. Valid until the next call, and as
  /// long as the cell is.
  ///
  /// - Parameter range: in raw bytes; what lies beyond the document is left out.
  func load(
    _ cell: UnsafeRawBufferPointer, _ range: Range<Int>
  ) throws -> UnsafeRawBufferPointer {
    guard case .external(let external) = try DocumentCell(cell) else {
      let whole = try load(cell)
      return UnsafeRawBufferPointer(rebasing: whole[range.clamped(to: 0..<whole.count)])
    }
    let range = range.clamped(to: 0..<external.rawLength)
    loaded.clear()
    guard !range.isEmpty else { return loaded.bytes }
    let first = range.lowerBound >> external.blockShift
    let last = (range.upperBound - 1) >> external.blockShift
    for block in first...last {
      let length = external.rawLength(ofBlock: block)
      try expand(block, of: external, into: loaded.extend(length), verifying: true)
    }
    let start = range.lowerBound - first << external.blockShift
    return UnsafeRawBufferPointer(rebasing: loaded.bytes[start..<start + range.count])
  }

  /// Visits the values at a path in a JSON document, until `body` returns false.
  ///
  /// Of a long document only the blocks up to the end of what must be seen are read.
  func forEachMatch(
    _ path: JSONPath, in cell: UnsafeRawBufferPointer,
    _ body: (JSONKind, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    if !path.isMultiple, case .external(let external) = try DocumentCell(cell),
      external.uniqueMembers
    {
      try requireLastBlock(external)
      partial.clear()
      let base = partial.extend(external.rawLength)
      var cursor = JSONCursor(base: base, supply: BlockSupply(self, external, base))
      if let match = try path.find(with: &cursor, uniqueMembers: true) {
        _ = try body(match.kind, match.bytes(in: partial.bytes))
      }
      return
    }
    let document = try load(cell)
    if path.isMultiple {
      for match in try path.matches(in: document) {
        guard try body(match.kind, match.bytes(in: document)) else { return }
      }
    } else if let match = try path.find(in: document) {
      _ = try body(match.kind, match.bytes(in: document))
    }
  }

  /// Asks for the last block, and whether the file could hold as much, before memory is taken for all.
  private func requireLastBlock(_ external: DocumentCell.External) throws {
    let fileBytes = Int(transaction.pageCount) * transaction.pageSize
    guard external.rawLength / BlockCodec.maximumRatio <= fileBytes else {
      throw DocumentStore.damaged
    }
    transaction.enter()
    defer { transaction.leave() }
    guard try piece(external.id, external.blocks - 1, 0) != nil else {
      throw DocumentStore.incomplete
    }
  }

  static let incomplete = RowError.corrupt("a part of a document is not there")

  /// A piece of a block; nil if there is none. Within the transaction's `enter` and `leave`.
  private func piece(_ id: UInt64, _ block: Int, _ piece: UInt16) throws -> UnsafeRawBufferPointer?
  {
    try withUnsafeTemporaryAllocation(
      byteCount: DocumentFormat.pieceKeyLength, alignment: 1
    ) { key in
      guard let base = key.baseAddress else { return nil }
      DocumentFormat.writePieceKey(
        id, block: UInt32(truncatingIfNeeded: block), piece: piece, to: base)
      return try tree.find(UnsafeRawBufferPointer(key), in: transaction)
    }
  }

  /// Expands a block of a document in the tree.
  ///
  /// - Parameter verifying: whether to compare the block's own checksum.
  func expand(
    _ block: Int, of external: DocumentCell.External, into target: UnsafeMutableRawPointer,
    verifying: Bool
  ) throws {
    let rawLength = external.rawLength(ofBlock: block)
    let head = try blockHead(external.id, block)
    // Compression pays, so what is stored is never longer than what it stands for.
    guard head.length > 0, head.length <= rawLength else { throw DocumentStore.damaged }
    let words =
      head.form == DocumentFormat.dictionaryBlock ? try dictionary(head.dictionary) : nil
    try gather(external.id, block, head.length)
    let whole = stored.bytes
    switch head.form {
    case DocumentFormat.raw:
      guard whole.count == rawLength, let base = whole.baseAddress else {
        throw DocumentStore.damaged
      }
      target.copyMemory(from: base, byteCount: rawLength)
    case DocumentFormat.block, DocumentFormat.dictionaryBlock:
      guard BlockCodec.expand(whole, into: target, rawLength: rawLength, dictionary: words)
      else { throw DocumentStore.damaged }
    default: throw DocumentStore.damaged
    }
    if verifying {
      let raw = UnsafeRawBufferPointer(start: target, count: rawLength)
      guard UInt32(truncatingIfNeeded: XXH64.hash(raw)) == head.checksum else {
        throw DocumentStore.damaged
      }
    }
  }

  private struct BlockHead {
    var form: UInt8
    var dictionary: UInt32
    var length: Int
    var checksum: UInt32
  }

  private func blockHead(_ id: UInt64, _ block: Int) throws -> BlockHead {
    transaction.enter()
    defer { transaction.leave() }
    guard let first = try piece(id, block, 0), first.count > DocumentFormat.blockHeaderLength
    else { throw DocumentStore.incomplete }
    return BlockHead(
      form: first[0],
      dictionary: UInt32(littleEndian: first.loadUnaligned(fromByteOffset: 1, as: UInt32.self)),
      length: Int(
        UInt32(littleEndian: first.loadUnaligned(fromByteOffset: 5, as: UInt32.self))),
      checksum: UInt32(littleEndian: first.loadUnaligned(fromByteOffset: 9, as: UInt32.self)))
  }

  /// Joins a block's pieces in ``stored``, without the block's head.
  private func gather(_ id: UInt64, _ block: Int, _ length: Int) throws {
    stored.clear()
    transaction.enter()
    defer { transaction.leave() }
    var number: UInt16 = 0
    while stored.count < length {
      guard let bytes = try piece(id, block, number), bytes.count > 0 else {
        throw DocumentStore.incomplete
      }
      let skipped = number == 0 ? min(DocumentFormat.blockHeaderLength, bytes.count) : 0
      let content = bytes[skipped...]
      guard content.count <= length - stored.count else { throw DocumentStore.damaged }
      stored.append(UnsafeRawBufferPointer(rebasing: content))
      guard number < .max else { throw DocumentStore.damaged }
      number += 1
    }
  }
}

/// Expands a document's blocks one after the other, as a lookup asks for them.
private final class BlockSupply: JSONSupply {
  private let store: DocumentStore
  private let external: DocumentCell.External
  private let base: UnsafeMutableRawPointer
  private var block = 0
  private var available = 0

  init(
    _ store: DocumentStore, _ external: DocumentCell.External, _ base: UnsafeMutableRawPointer
  ) {
    self.store = store
    self.external = external
    self.base = base
  }

  override func more() throws -> Int? {
    guard block < external.blocks else { return nil }
    try store.expand(block, of: external, into: base + available, verifying: true)
    available += external.rawLength(ofBlock: block)
    block += 1
    return available
  }
}
