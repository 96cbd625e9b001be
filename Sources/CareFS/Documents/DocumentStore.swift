import BTree
import PageStore

/// The documents of one table within one transaction, and then within another: JSON, and texts and
/// bytes that are too long for a row.
///
/// A row holds a cell for each, made by ``store(_:column:)``. Small documents lie in the cell itself,
/// compressed when that pays; long ones lie in the table's document tree. ``DocumentFormat`` says
/// how.
final class DocumentStore: DocumentLoader {
  let tree: Tree
  // Changed between transactions alone.
  @exclusivity(unchecked) private(set) var transaction: PageTransaction
  let shared: DocumentDictionaries?

  /// What `load` expands to.
  let loaded = ByteBuffer(capacity: 4096)
  /// A block as it is stored.
  let stored = ByteBuffer(capacity: 4096)
  /// What a path is looked up in, when the document need not be read whole.
  let partial = ByteBuffer(capacity: 4096)
  /// The dictionaries used last.
  private var recent: [DocumentDictionary] = []

  // For writing:
  let cell = ByteBuffer(capacity: 2048)
  let codec = BlockCodec()
  var columns: [UInt32: Column] = [:]
  private var lastEditor: TreeEditor?
  /// The longest cell that stays in a row.
  let inlineLimit: Int

  /// How new documents of a column are compressed.
  struct Column {
    let sampler: ColumnSampler
    var dictionary: DocumentDictionary?
    /// The transaction's structure count when the dictionary was known to be in the tree.
    var checkedAt: UInt64
  }

  /// Opens the documents of a table.
  ///
  /// - Parameter dictionaries: shares dictionaries and samples between transactions.
  init(
    tree: Tree, in transaction: PageTransaction, dictionaries: DocumentDictionaries? = nil
  ) {
    self.tree = tree
    self.transaction = transaction
    shared = dictionaries
    inlineLimit = transaction.contentEnd / 8
  }

  /// Goes on in another transaction.
  func move(to transaction: PageTransaction) {
    self.transaction = transaction
    columns = [:]
    lastEditor = nil
  }

  /// Bytes of memory that it keeps, about.
  var memory: Int {
    loaded.capacity + stored.capacity + partial.capacity + cell.capacity + BlockCodec.memory
  }

  /// The editor of the tree.
  var editor: TreeEditor {
    if let lastEditor { return lastEditor }
    let made = tree.editor(in: transaction)
    lastEditor = made
    return made
  }

  /// A dictionary by its id.
  ///
  /// - Throws: ``RowError/corrupt(_:)`` if the tree has none of this id.
  func dictionary(_ id: UInt32) throws -> DocumentDictionary {
    for dictionary in recent where dictionary.id == id { return dictionary }
    let dictionary = try shared?.dictionary(id, tree: tree.id) ?? loadDictionary(id)
    remember(dictionary)
    return dictionary
  }

  /// Keeps a dictionary at hand.
  func remember(_ dictionary: DocumentDictionary) {
    if recent.count >= 8 { recent.removeFirst() }
    recent.append(dictionary)
  }

  private func loadDictionary(_ id: UInt32) throws -> DocumentDictionary {
    // A cursor has memory of its own for long values: the row that the caller looks at may lie in
    // what `find` would use.
    let cursor = tree.cursor(in: transaction)
    defer { cursor.close() }
    let dictionary = try DocumentFormat.dictionaryKey(id).withUnsafeBytes { key in
      guard try cursor.seek(key), RawBytes.equal(cursor.key, key) else {
        throw DocumentFormat.corrupt("a document needs a dictionary that is not there")
      }
      return try DocumentDictionary(id: id, record: try cursor.loadValue())
    }
    shared?.keep(dictionary, tree: tree.id)
    return dictionary
  }
}

extension DocumentDictionary {
  private static let headLength = 13

  /// Reads a dictionary's entry of the tree.
  convenience init(id: UInt32, record: UnsafeRawBufferPointer) throws(RowError) {
    guard record.count > DocumentDictionary.headLength else { throw DocumentDictionary.damaged }
    let length = UInt32(littleEndian: record.loadUnaligned(as: UInt32.self))
    let checksum = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    let content = UnsafeRawBufferPointer(rebasing: record[DocumentDictionary.headLength...])
    guard length > 0, length <= UInt32(DocumentDictionary.maximumLength) else {
      throw DocumentDictionary.damaged
    }
    let raw = ByteBuffer(capacity: Int(length))
    switch record[12] {
    case DocumentFormat.raw: raw.append(content)
    case DocumentFormat.block:
      let target = raw.extend(Int(length))
      guard BlockCodec.expand(content, into: target, rawLength: Int(length)) else {
        throw DocumentDictionary.damaged
      }
    default: throw DocumentDictionary.damaged
    }
    guard raw.count == Int(length), XXH64.hash(raw.bytes) == checksum else {
      throw DocumentDictionary.damaged
    }
    self.init(id: id, raw.bytes)
  }

  private static let damaged = RowError.corrupt("a dictionary of documents is damaged")

  /// Appends the entry of the tree.
  func write(to record: ByteBuffer, _ codec: BlockCodec) {
    record.appendLittle(UInt32(truncatingIfNeeded: count))
    record.appendLittle(XXH64.hash(bytes))
    let form = record.count
    record.append(DocumentFormat.block)
    record.reserve(count)
    let target = record.extend(count)
    if let length = codec.compress(bytes, into: target, limit: count - 1) {
      record.truncate(to: form + 1 + length)
    } else {
      record.set(DocumentFormat.raw, at: form)
      target.copyMemory(from: base, byteCount: count)
    }
  }
}
