import BTree
import PageStore

extension TableCheck {
  /// Finds which entries of an index are missing or too many.
  func compare(_ index: Int) throws {
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
    if report.findingCount == before { noteDisagreement(index) }
  }

  /// Checks that each row's reference leads to a row, by the index that serves the reference: its
  /// order keeps equal references together and the search for parents close to the last one.
  func checkReference(_ reference: Int) throws {
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
