import BTree
import PageStore

/// Inserts many rows as one statement: rows are encoded first, then each tree gets its entries in
/// the order of their keys, so that the inserts of an index stay close together.
///
/// References are checked at the end, so rows may refer to later rows of the same batch. A refusal
/// names the element and leaves nothing of the whole batch.
final class BatchInsert {
  private let writer: TableWriter
  private let transaction: WriteTransaction
  private let plan: TablePlan
  /// The keys of the rows; tags are places in `rowEnds`.
  private let keys = SortedEntries()
  private let rowBytes = ByteBuffer(capacity: 1 << 16)
  // Unchecked: each row changes them.
  @exclusivity(unchecked) private var rowEnds: [Int] = []
  /// What the entries of this chunk take. Known after each row, as one row may have very many, and
  /// the places of keys have 32 bits.
  @exclusivity(unchecked) private var entryBytes = 0
  /// The entries of the indexes, and the keys of the rows referred to.
  private let gathered: BatchKeys
  /// Whether a row has to be looked at before it is stored.
  private let looksAtRows: Bool
  /// Rows that refer to rows of their own table which were not there when their chunk was.
  private var pending: [(element: Int, reference: Int, key: [UInt8])] = []
  /// The element at which this chunk begins.
  private var first = 0
  /// How many rows and entries were applied, per tree: the rows, then the indexes.
  private var applied: [Int]

  /// A chunk is applied when its rows take so many bytes, or they and their entries twice as many.
  private static let chunkBytes = 64 << 20
  /// An empty tree gets fewer entries one by one: whole pages would make a small commit large.
  #if TEST_SWITCHES
    private static let leastLoad = 4
  #else
    private static let leastLoad = 256
  #endif
  /// How full the pages of an index are made. Rows mostly come in the order of their keys and fill
  /// their pages; entries come everywhere, and should not split every page at once.
  private static let indexFill = 94

  init(_ writer: TableWriter) {
    self.writer = writer
    transaction = writer.transaction
    plan = writer.plan
    gathered = BatchKeys(plan, transaction.plan.foreignKeys)
    looksAtRows =
      !plan.constraints.isEmpty || !plan.documentColumns.isEmpty
      || !gathered.slowIndexes.isEmpty || !gathered.slowParents.isEmpty
    applied = Array(repeating: 0, count: plan.indexes.count + 1)
  }

  /// The number of rows so far.
  var count: Int { first + rowEnds.count }
  /// Whether the chunk should be applied before more rows are added.
  var isFull: Bool {
    rowBytes.count >= Self.chunkBytes || rowBytes.count + entryBytes >= 2 * Self.chunkBytes
  }

  /// Adds the row in the assembler.
  @inline(__always)
  func add() throws {
    do {
      let tag = UInt32(truncatingIfNeeded: rowEnds.count)
      let assembler = writer.assembler
      let row = looksAtRows ? try writer.prepareDraft() : try assembler.finish(writer)
      if looksAtRows { try gatherFromDraft(tag) }
      if let automatic = plan.automaticKey { writer.noteKey(assembler.number(automatic)) }
      let stored = try writer.storeDocuments(row)
      entryBytes &+= gathered.gather(assembler, tag: tag)
      add(assembler.key.key, to: keys, tag)
      rowBytes.append(stored)
      rowEnds.append(rowBytes.count)
    } catch {
      throw named(error, rowEnds.count)
    }
  }

  /// Gathers what only the finished row tells.
  private func gatherFromDraft(_ tag: UInt32) throws {
    for place in gathered.slowIndexes {
      let entries = writer.entries
      entries.clear()
      try entries.gather(writer.draft, plan.indexes[place], place, writer.context)
      for entry in entries.all { add(entries.key(entry), to: gathered.indexes[place], tag) }
    }
    for place in gathered.slowParents {
      writer.scratch.clear()
      let probe = transaction.plan.foreignKeys[plan.outgoing[place]].probe
      if try writer.scratch.append(probe, of: writer.draft) {
        add(writer.scratch.key, to: gathered.parents[place], tag)
      }
    }
  }

  @inline(__always)
  private func add(_ key: UnsafeRawBufferPointer, to entries: SortedEntries, _ tag: UInt32) {
    entries.add(key, tag: tag)
    entryBytes += key.count + SortedEntries.entrySize
  }

  /// An error with the element that it is about.
  func named(_ error: any Error, _ place: Int) -> any Error {
    guard var known = DatabaseError.refusal(error) else { return error }
    known.element = first + place
    return known
  }

  private func row(_ tag: UInt32) -> UnsafeRawBufferPointer {
    let place = Int(tag)
    let start = place == 0 ? 0 : rowEnds[place - 1]
    return UnsafeRawBufferPointer(rebasing: rowBytes.bytes[start..<rowEnds[place]])
  }

  /// Puts the chunk into the trees, and after the last one checks what waited for it.
  func apply(isLast: Bool) throws {
    let sort = BatchSort(gathered.indexes + gathered.parents)
    defer { sort.stop() }
    keys.sort()
    try put(keys, at: 0) { row($0) }
    for (index, entries) in gathered.indexes.enumerated() {
      sort.wait(for: index)
      try apply(entries, index)
    }
    for place in gathered.parents.indices {
      sort.wait(for: gathered.indexes.count + place)
      try checkParents(place)
    }
    if isLast { try checkPending() }
    writer.countRows(rowEnds.count)
    clear()
  }

  private func apply(_ entries: SortedEntries, _ index: Int) throws {
    if plan.indexes[index].kind == .unique {
      // The keys of the rows by their tags: sorting moves only ranks.
      let rowKeys = ranks()
      try put(entries, at: index + 1) { keys.key(rowKeys[Int($0)]) }
    } else {
      let empty = UnsafeRawBufferPointer(start: nil, count: 0)
      try put(entries, at: index + 1) { _ in empty }
    }
  }

  /// Puts entries into the tree of the rows, at place 0, or of an index, in the order of their keys.
  @inline(__always)
  private func put(
    _ entries: SortedEntries, at place: Int, value: (UInt32) -> UnsafeRawBufferPointer
  ) throws {
    let tree = place == 0 ? plan.rows : plan.indexes[place - 1].tree.tree
    let editor = place == 0 ? writer.rows : writer.editors[place - 1]
    var done = 0
    defer { applied[place] = done }
    do throws(StoreError) {
      try entries.put(
        into: tree, editor, in: writer.pages, fillPercent: place == 0 ? 100 : Self.indexFill,
        leastLoad: Self.leastLoad, done: &done, value: value)
    } catch {
      let refusal = error.code == .exists ? duplicate(place) : error
      throw done < entries.count ? named(refusal, Int(entries.tag(done))) : refusal
    }
  }

  /// The error of a key that is there already: in the rows, at place 0, or in an index.
  private func duplicate(_ place: Int) -> any Error {
    guard place > 0 else { return transaction.duplicate(plan, nil) }
    return plan.indexes[place - 1].kind == .unique
      ? transaction.duplicate(plan, place - 1) : transaction.indexDamage(plan, place - 1)
  }

  /// The rank of each row's key by its tag.
  private func ranks() -> [Int] {
    var ranks = Array(repeating: 0, count: keys.count)
    for rank in 0..<keys.count { ranks[Int(keys.tag(rank))] = rank }
    return ranks
  }

  private func checkParents(_ place: Int) throws {
    let entries = gathered.parents[place]
    let foreignKey = transaction.plan.foreignKeys[plan.outgoing[place]]
    let parent = transaction.plan.tables[foreignKey.parent]
    var ranksOfChunk: [Int] = []
    var last: UnsafeRawBufferPointer?
    for rank in 0..<entries.count {
      let key = entries.key(rank)
      if let last, RawBytes.equal(last, key) { continue }
      if try transaction.exists(parent, index: foreignKey.parentIndex, key) {
        last = key
        continue
      }
      let tag = Int(entries.tag(rank))
      if ranksOfChunk.isEmpty { ranksOfChunk = ranks() }
      let childKey = keys.key(ranksOfChunk[tag])
      if let postponed = transaction.postponed {
        postponed(plan.outgoing[place], childKey, first + tag)
      } else if foreignKey.schema.deferred {
        transaction.deferCheck(.reference(plan.outgoing[place], childKey: Array(childKey)))
      } else if foreignKey.parent == plan.position {
        // The row referred to may come with a later chunk.
        pending.append((first + tag, plan.outgoing[place], Array(childKey)))
      } else {
        throw named(transaction.missingParent(foreignKey), tag)
      }
    }
  }

  /// Refuses the first row that refers to a row of its own table which no chunk has brought.
  private func checkPending() throws {
    for item in pending.sorted(by: { $0.element < $1.element }) {
      do {
        try item.key.withUnsafeBytes {
          try transaction.checkReference(item.reference, childKey: $0)
        }
      } catch {
        throw named(error, item.element - first)
      }
    }
    pending.removeAll()
  }

  /// Takes back what `add` and a failed `apply` of this chunk did to the trees.
  func undo() throws {
    for (index, entries) in gathered.indexes.enumerated() {
      for rank in 0..<applied[index + 1] {
        _ = try writer.editors[index].delete(entries.key(rank))
      }
    }
    for rank in 0..<applied[0] { _ = try writer.rows.delete(keys.key(rank)) }
    for tag in rowEnds.indices {
      try writer.freeDocuments(row(UInt32(truncatingIfNeeded: tag)))
    }
    clear()
  }

  private func clear() {
    first += rowEnds.count
    keys.clear()
    rowBytes.clear()
    entryBytes = 0
    rowEnds.removeAll(keepingCapacity: true)
    gathered.clear()
    for place in applied.indices { applied[place] = 0 }
  }
}

extension WriteTransaction {
  /// Runs a batch whose rows `next` puts into the assembler, until it returns false. Returns the
  /// number of rows.
  func insertBatch(_ table: TablePlan, _ next: (RowAssembler) throws -> Bool) throws -> Int {
    try ensureWritable()
    let writer = try writer(table)
    // The batch's entries are sorted on their own.
    try writer.settle()
    let batch = BatchInsert(writer)
    var mark: Mark?
    do {
      while true {
        writer.assembler.begin()
        do { guard try next(writer.assembler) else { break } } catch {
          throw batch.named(error, batch.count)
        }
        if batch.isFull {
          // More than one chunk cannot be taken back row by row.
          if mark == nil { mark = try self.mark() }
          try batch.apply(isLast: false)
        }
        try batch.add()
      }
      try batch.apply(isLast: true)
      if let mark { release(mark) }
      return batch.count
    } catch {
      do {
        if let mark { try rollback(to: mark) } else { try batch.undo() }
      } catch let second { throw fail(second) }
      throw fail(error)
    }
  }

  /// Inserts rows as one statement, much faster than one after the other: each index gets its
  /// entries in order.
  ///
  /// Rows may refer to later rows of the same batch. When one is refused, none is kept; the
  /// error's ``DatabaseError/element`` is its index.
  ///
  /// - Parameter columns: what the values of each row stand for.
  /// - Returns: the number of rows.
  @discardableResult
  public func insert(
    contentsOf rows: some Sequence<[Value]>, into table: Table, columns: ColumnList
  ) throws -> Int {
    var iterator = rows.makeIterator()
    return try insertBatch(table.plan) { assembler in
      guard let values = iterator.next() else { return false }
      try assembler.assemble(columns, values)
      return true
    }
  }

  /// Inserts rows as one statement.
  @discardableResult
  public func insert(
    contentsOf rows: some Sequence<[String: Value]>, into table: String
  ) throws -> Int {
    let plan = try self.table(table).plan
    var iterator = rows.makeIterator()
    return try insertBatch(plan) { assembler in
      guard let values = iterator.next() else { return false }
      for (name, value) in values { try assembler.set(try plan.ordinal(name), value) }
      return true
    }
  }
}
