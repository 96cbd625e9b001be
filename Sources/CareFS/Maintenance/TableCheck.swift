import BTree
import PageStore

/// Checks one table: every row decodes and holds what it must, every index has exactly the rows'
/// entries, references lead to rows, documents are whole.
final class TableCheck {
  private let transaction: Transaction
  private let table: TablePlan
  private(set) var report = CheckReport()
  /// The pages of each tree.
  private(set) var trees: [(id: UInt32, pages: [PageNumber])] = []

  private let row: RecordView
  private let documents: DocumentStore?
  private let documentCheck = DocumentCheck()
  private let context = EvaluationContext()
  private let entries = IndexEntries()
  private let scratch = KeyEncoder()
  private var expected: [EntrySum]
  private var highestKey = Int64.min
  private var isReadable = true

  init(_ transaction: Transaction, _ table: TablePlan) throws {
    self.transaction = transaction
    self.table = table
    row = try transaction.makeView(table)
    documents = try transaction.documents(of: table)
    expected = table.indexes.map { _ in EntrySum() }
  }

  func add(
    _ message: String, index: Int? = nil, page: PageNumber? = nil,
    key: UnsafeRawBufferPointer? = nil
  ) {
    report.add(
      .init(
        page: page, table: table.schema.name, index: index.map { table.indexes[$0].name },
        key: key.flatMap(values), message: "\(table.schema.name): \(message)"))
  }

  private func values(_ key: UnsafeRawBufferPointer) -> [Value]? {
    var decoder = KeyDecoder(key)
    return try? table.layout.keyParts.map { try decoder.value($0) }
  }

  /// Damage that reading meets becomes a finding; other failures are thrown.
  private func guarding(_ what: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as StoreError where error.code == .corrupt {
      isReadable = false
      add("\(what) cannot be read: \(error.message)", page: error.page)
    } catch let error as RowError {
      isReadable = false
      add("\(what) is damaged: \(error)")
    } catch let error as DatabaseError where error.code == .corrupt {
      isReadable = false
      add("\(what) is damaged: \(error.message)", page: error.page)
    }
  }

  private func tree(
    _ tree: Tree, _ what: String,
    _ visit: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try guarding(what) {
      let result = try tree.check(in: transaction.pages, visit: visit)
      for finding in result.findings {
        isReadable = false
        add("\(what): \(finding.message)", page: finding.page)
      }
      trees.append((tree.id, result.pages))
    }
  }

  /// Checks pages and the order of keys alone.
  func runQuick() throws {
    try tree(table.rows, "the tree of the rows") { [self] _, _ in report.rows += 1 }
    for index in table.indexes {
      try tree(index.tree.tree, "index \(index.name)") { [self] _, _ in report.entries += 1 }
    }
    if let documents = table.documents { try tree(documents, "the tree of documents") { _, _ in } }
  }

  /// Checks everything.
  func run() throws {
    try tree(table.rows, "the tree of the rows") { [self] key, value in
      report.rows += 1
      do { try check(key, value) } catch let error as StoreError where error.code != .corrupt {
        throw error
      } catch {
        isReadable = false
        add("a row cannot be read: \(error)", key: key)
      }
    }
    try checkCounters()
    for (index, plan) in table.indexes.enumerated() {
      var sum = EntrySum()
      try tree(plan.tree.tree, "index \(plan.name)") { [self] key, value in
        report.entries += 1
        sum.add(key, value)
      }
      if sum != expected[index] { try compare(index) }
    }
    if let documents = table.documents {
      try tree(documents, "the tree of documents") { [self] key, value in
        documentCheck.entry(key, value)
      }
      documentCheck.finish()
      for finding in documentCheck.findings { add(finding) }
    }
    for reference in table.outgoing { try checkReference(reference) }
  }

  private func check(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws {
    try row.load(key: key, row: value)
    for ordinal in table.types.indices { try check(ordinal, key) }
    for constraint in table.constraints
    where try !constraint.holds(row, context, scratch: scratch) {
      add("a row breaks a constraint: \(constraint.refusal(table.schema).message)", key: key)
    }
    if let automatic = table.automaticKey { highestKey = max(highestKey, try row.int(automatic)) }
    for column in table.documentColumns where try !row.isNull(column) {
      documentCheck.reference(try row.cell(column))
    }
    try entries.gather(row, table, context)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    for entry in entries.all {
      let isUnique = table.indexes[Int(entry.index)].kind == .unique
      expected[Int(entry.index)].add(entries.key(entry), isUnique ? key : none)
    }
  }

  /// Reads one column as its type.
  private func check(_ ordinal: Int, _ key: UnsafeRawBufferPointer) throws {
    let column = table.layout.columns[ordinal]
    if try row.isNull(ordinal) {
      if !column.nullable {
        add("column \(table.schema.columns[ordinal].name) of a row is null", key: key)
      }
      return
    }
    switch column.type {
    case .int: _ = try row.int(ordinal)
    case .double: _ = try row.double(ordinal)
    case .bool: _ = try row.bool(ordinal)
    case .date: _ = try row.date(ordinal)
    case .time: _ = try row.time(ordinal)
    case .timestamp: _ = try row.timestamp(ordinal)
    case .uuid: _ = try row.uuid(ordinal)
    case .bytes: _ = try row.bytes(ordinal)
    case .json:
      // Loading verifies the document's own checksum.
      _ = try row.bytes(ordinal)
    case .text:
      if !Self.isText(try row.bytes(ordinal)) {
        add("column \(table.schema.columns[ordinal].name) of a row is not UTF-8", key: key)
      }
    case .decimal, .any: _ = try row.value(ordinal)
    }
  }

  private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      place += 8
    }
    while place < bytes.count, bytes[place] < 0x80 { place += 1 }
    if place == bytes.count { return true }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
    return String(validating: rest, as: UTF8.self) != nil
  }

  private func checkCounters() throws {
    try guarding("the table's entry in the catalog") {
      let counters = try TableCounters.load(table.entry.id, in: transaction.pages)
      if counters.rows != UInt64(report.rows), isReadable {
        add("the catalog counts \(counters.rows) rows, there are \(report.rows)")
      }
      if table.automaticKey != nil, counters.nextKey != .min, report.rows > 0,
        counters.nextKey <= highestKey
      {
        add("the next automatic key is in use already")
      }
    }
  }
}

extension TableCheck {
  /// Finds which entries of an index are missing or too many.
  private func compare(_ index: Int) throws {
    let plan = table.indexes[index]
    let before = report.findingCount
    try guarding("index \(plan.name)") {
      let cursor = table.rows.cursor(in: transaction.pages)
      defer { cursor.close() }
      let lookup = plan.tree.tree.cursor(in: transaction.pages)
      defer { lookup.close() }
      var found = try cursor.seekFirst()
      while found, report.findingCount < CheckReport.findingLimit {
        try row.load(key: cursor.key, row: try cursor.loadValue())
        entries.clear()
        try entries.gather(row, plan, index, context)
        for entry in entries.all {
          let key = entries.key(entry)
          let isThere = try lookup.seek(key) && RawBytes.equal(lookup.key, key)
          if !isThere {
            add("index \(plan.name) lacks the entry of a row", index: index, key: cursor.key)
          } else if plan.kind == .unique, try !RawBytes.equal(lookup.loadValue(), cursor.key) {
            add("index \(plan.name) leads to another row", index: index, key: cursor.key)
          }
        }
        found = try cursor.next()
      }
      found = try lookup.seekFirst()
      while found, report.findingCount < CheckReport.findingLimit {
        let key = try table.rowKey(entry: lookup.key, value: lookup.loadValue(), index: index)
        if try !cursor.seek(key) || !RawBytes.equal(cursor.key, key) {
          add("index \(plan.name) has an entry of no row", index: index, key: key)
        } else {
          try row.load(key: cursor.key, row: try cursor.loadValue())
          entries.clear()
          try entries.gather(row, plan, index, context)
          let own = lookup.key
          if !entries.all.contains(where: { RawBytes.equal(entries.key($0), own) }) {
            add("index \(plan.name) has a wrong entry of a row", index: index, key: key)
          }
        }
        found = try lookup.next()
      }
    }
    if report.findingCount == before, isReadable {
      add("index \(plan.name) does not agree with the rows", index: index)
    }
  }

  /// Checks that each row's reference leads to a row, by the index that serves the reference: its
  /// order keeps equal references together and the search for parents close to the last one.
  private func checkReference(_ reference: Int) throws {
    let foreignKey = transaction.plan.foreignKeys[reference]
    let parent = transaction.plan.tables[foreignKey.parent]
    let parentTree = foreignKey.parentIndex.map { parent.indexes[$0].tree.tree } ?? parent.rows
    let childTree = foreignKey.childIndex.map { table.indexes[$0].tree.tree } ?? table.rows
    try guarding("reference \(foreignKey.name)") {
      let children = childTree.cursor(in: transaction.pages)
      defer { children.close() }
      let parents = parentTree.cursor(in: transaction.pages)
      defer { parents.close() }
      let rows = table.rows.cursor(in: transaction.pages)
      defer { rows.close() }
      let last = ByteBuffer(capacity: 64)
      var hasLast = false
      var found = try children.seekFirst()
      while found {
        defer { hasLast = true }
        // Entries that begin as the last one did refer to the same parent.
        if hasLast, RawBytes.hasPrefix(children.key, last.bytes) {
          found = try children.next()
          continue
        }
        last.clear()
        last.append(try prefix(of: children.key, foreignKey))
        let key = try table.rowKey(
          entry: children.key, value: children.loadValue(), index: foreignKey.childIndex)
        if try rows.seek(key), RawBytes.equal(rows.key, key) {
          try row.load(key: rows.key, row: try rows.loadValue())
          scratch.clear()
          if try scratch.append(foreignKey.probe, of: row),
            try !parents.seek(scratch.key) || !RawBytes.equal(parents.key, scratch.key)
          {
            add(
              "reference \(foreignKey.name): a row refers to a row of "
                + "\(parent.schema.name) that is not there", key: key)
          }
        }
        found = try children.next()
      }
    }
  }

  /// The beginning of an entry that is the reference itself.
  private func prefix(
    of entry: UnsafeRawBufferPointer, _ foreignKey: ForeignKeyPlan
  ) throws -> UnsafeRawBufferPointer {
    var decoder = KeyDecoder(entry)
    for field in foreignKey.prefix { try decoder.skip(field.part) }
    return UnsafeRawBufferPointer(rebasing: entry[..<decoder.place])
  }
}
