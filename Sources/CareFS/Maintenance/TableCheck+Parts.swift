import BTree
import PageStore

/// Parts of a table for one of several threads. Each finds whether something is wrong; what it is,
/// and in which order it is told, only a check of the whole table says.
extension TableCheck {
  /// Whether something may be wrong.
  var hasDoubt: Bool { report.findingCount > 0 || documentCheck.findingCount > 0 }

  func checkRows(_ part: TreePart, _ claims: PageClaims, isQuick: Bool) throws {
    guard !isQuick else { return try countEntries(of: table.rows, part, claims, rows: true) }
    let merges = merges(of: nil)
    try check(table.rows, part, claims) { [self] key, value in
      try visit(key, value)
      for merge in merges where try !merge.isServed(key) { doubt() }
    }
  }

  func checkEntries(
    of index: Int, _ part: TreePart, _ claims: PageClaims, isQuick: Bool
  ) throws {
    let tree = table.indexes[index].tree.tree
    guard !isQuick else { return try countEntries(of: tree, part, claims, rows: false) }
    let merges = merges(of: index)
    let tally = tally
    try check(tree, part, claims) { [self] key, value in
      tally.pointee.entries &+= 1
      tally.pointee.sum.add(key, value)
      for merge in merges where try !merge.isServed(key) { doubt() }
    }
  }

  func checkDocuments(
    _ tree: Tree, _ part: TreePart, _ claims: PageClaims, isQuick: Bool
  ) throws {
    let documentCheck = documentCheck
    try check(tree, part, claims) { key, value in
      if !isQuick { documentCheck.entry(key, value) }
    }
  }

  /// Takes what parts of the table have counted, and compares it.
  func compare(_ totals: SoundCheck.Totals) throws {
    tally.pointee = totals.tally
    try checkCounters()
    for (index, sum) in totals.found.enumerated() where sum != totals.expected[index] { doubt() }
    for (index, check) in totals.documents.enumerated() where index > 0 {
      totals.documents[0].addReferences(of: check)
    }
    if table.documents != nil, let check = totals.documents.first {
      check.finish()
      if check.findingCount > 0 { doubt() }
    }
  }

  private func doubt() { add("something is wrong") }

  private func check(
    _ tree: Tree, _ part: TreePart, _ claims: PageClaims,
    _ visit: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try guarding(Self.rowsName) {
      let found = try tree.check(part, in: transaction.pages, claims: claims, visit: visit)
      note(found.findings, Self.rowsName)
    }
  }

  private func countEntries(
    of tree: Tree, _ part: TreePart, _ claims: PageClaims, rows: Bool
  ) throws {
    try guarding(Self.rowsName) {
      let found = try tree.check(part, in: transaction.pages, claims: claims)
      note(found.findings, Self.rowsName)
      if rows {
        tally.pointee.rows += found.entries
      } else {
        tally.pointee.entries += found.entries
      }
    }
  }

  /// The references that a key's order serves: of an index, or nil for the primary key.
  private func merges(of index: Int?) -> [ReferenceMerge] {
    table.outgoing.compactMap { number in
      let reference = transaction.plan.foreignKeys[number]
      return reference.childIndex == index ? ReferenceMerge(reference, in: transaction) : nil
    }
  }
}
