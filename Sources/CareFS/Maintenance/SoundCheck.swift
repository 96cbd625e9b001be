import BTree
import PageStore

/// Tells whether all trees of a database are sound, with several threads at once.
///
/// It looks at everything that a check one table after another looks at, in whatever order. Where
/// it doubts, that check decides and says what is wrong: so its findings do not depend on threads.
final class SoundCheck: @unchecked Sendable {
  /// What one thread can do by itself.
  enum Task: Sendable {
    case catalog(TreePart)
    case rows(Int, TreePart)
    case entries(Int, index: Int, TreePart)
    case documents(Int, Tree, TreePart)
    case reference(Int, Int)
  }

  /// What was counted of one table.
  struct Totals {
    var tally = TableCheck.Tally()
    /// What the rows say must be in each index, and what is there.
    var expected: [EntrySum]
    var found: [EntrySum]
    /// The tree of documents comes first.
    var documents: [DocumentCheck] = []
  }

  private let database: Database
  private let plan: SchemaPlan
  private let isQuick: Bool
  private let threads: Int
  private let claims: PageClaims
  /// Pages that some tree must name.
  private let used: PageSet
  private let lock = Lock()
  // Below: under the lock.
  private var snapshots: [PageTransaction] = []
  private var totals: [Totals]
  private var hasDoubt = false

  init(_ database: Database, _ transaction: Transaction, used: PageSet, isQuick: Bool, threads: Int)
  {
    self.database = database
    plan = transaction.plan
    self.isQuick = isQuick
    self.threads = threads
    self.used = used
    claims = PageClaims(limit: transaction.pages.pageCount)
    totals = plan.tables.map {
      let sums = $0.indexes.map { _ in EntrySum() }
      return Totals(expected: sums, found: sums)
    }
  }

  /// Looks at everything; rows and entries if all is sound, nil if not.
  func run(
    _ transaction: Transaction, _ progress: ((String) throws -> Void)?
  ) throws -> (rows: Int, entries: Int)? {
    guard let tasks = try tasks(transaction) else { return nil }
    for _ in 0..<min(threads, tasks.count) {
      snapshots.append(try database.pager.beginRead(beside: transaction.pages))
    }
    let all = snapshots
    defer { for snapshot in all { snapshot.rollback() } }
    let told = Progress(plan, progress)
    try WorkGroup.run(tasks.count, threads: threads) { queue, isCaller in
      guard let pages = self.lock.with({ self.snapshots.popLast() }) else { return }
      let own = ReadTransaction(plan: self.plan, pages: pages, options: self.database.options)
      defer { own.end() }
      while let task = queue.take() {
        if isCaller { try told.reach(tasks[task]) }
        guard try self.check(tasks[task], own) else {
          self.lock.with { self.hasDoubt = true }
          return queue.stop()
        }
      }
    }
    guard !hasDoubt else { return nil }
    try told.finish()
    guard claims.equals(used) else { return nil }
    return try isQuick || compare(transaction) ? sums : nil
  }

  private var sums: (rows: Int, entries: Int) {
    totals.reduce((rows: 0, entries: 0)) {
      ($0.rows + $1.tally.rows, $0.entries + $1.tally.entries)
    }
  }

  /// What there is to do, in the order of the tables; nil if the beginnings of trees are damaged.
  private func tasks(_ transaction: Transaction) throws -> [Task]? {
    let wanted = threads > 1 ? threads * 4 : 1
    func parts(_ tree: Tree, _ wanted: Int) throws -> [TreePart]? {
      do {
        let found = try tree.parts(in: transaction.pages, wanted: wanted, claims: claims)
        return found.findings.isEmpty ? found.parts : nil
      } catch let error as StoreError where error.code == .corrupt {
        return nil
      }
    }
    guard let catalog = try parts(Catalog.tree, 1) else { return nil }
    var tasks = catalog.map { Task.catalog($0) }
    for (number, table) in plan.tables.enumerated() {
      guard let rows = try parts(table.rows, wanted) else { return nil }
      tasks += rows.map { .rows(number, $0) }
      for (index, entry) in table.indexes.enumerated() {
        guard let entries = try parts(entry.tree.tree, wanted) else { return nil }
        tasks += entries.map { .entries(number, index: index, $0) }
      }
      if let tree = table.documents {
        // Its entries are checked one against the next.
        guard let documents = try parts(tree, 1) else { return nil }
        tasks += documents.map { .documents(number, tree, $0) }
      }
      guard !isQuick else { continue }
      for reference in table.outgoing where !ReferenceMerge.suits(plan.foreignKeys[reference]) {
        tasks.append(.reference(number, reference))
      }
    }
    return tasks
  }

  /// Does a task; false if something may be wrong.
  private func check(_ task: Task, _ own: Transaction) throws -> Bool {
    switch task {
    case .catalog(let part):
      do {
        return try Catalog.tree.check(part, in: own.pages, claims: claims).isSound
      } catch let error as StoreError where error.code == .corrupt {
        return false
      }
    case .rows(let number, let part):
      let check = try TableCheck(own, plan.tables[number])
      try check.checkRows(part, claims, isQuick: isQuick)
      return add(check, to: number)
    case .entries(let number, let index, let part):
      let check = try TableCheck(own, plan.tables[number])
      try check.checkEntries(of: index, part, claims, isQuick: isQuick)
      return add(check, to: number, index)
    case .documents(let number, let tree, let part):
      let check = try TableCheck(own, plan.tables[number])
      try check.checkDocuments(tree, part, claims, isQuick: isQuick)
      guard !check.hasDoubt else { return false }
      lock.with { totals[number].documents.insert(check.documentCheck, at: 0) }
      return true
    case .reference(let number, let reference):
      let check = try TableCheck(own, plan.tables[number])
      try check.checkReference(reference)
      return !check.hasDoubt
    }
  }

  /// Adds what a part has counted.
  private func add(_ check: TableCheck, to number: Int, _ index: Int? = nil) -> Bool {
    guard !check.hasDoubt else { return false }
    let counted = check.tally.pointee
    lock.with {
      totals[number].tally.rows += counted.rows
      totals[number].tally.entries += counted.entries
      totals[number].tally.highestKey = max(totals[number].tally.highestKey, counted.highestKey)
      if let index { return totals[number].found[index].add(counted.sum) }
      for (index, sum) in check.expected.enumerated() { totals[number].expected[index].add(sum) }
      totals[number].documents.append(check.documentCheck)
    }
    return true
  }

  /// Whether what the parts have counted agrees.
  private func compare(_ transaction: Transaction) throws -> Bool {
    for (table, totals) in zip(plan.tables, totals) {
      let check = try TableCheck(transaction, table)
      try check.compare(totals)
      if check.hasDoubt { return false }
    }
    return true
  }
}

/// Tells the caller, on the caller's thread, which tables were reached.
private final class Progress: @unchecked Sendable {
  private let names: [String]
  private let tell: ((String) throws -> Void)?
  private var told = 0

  init(_ plan: SchemaPlan, _ tell: ((String) throws -> Void)?) {
    names = plan.tables.map(\.schema.name)
    self.tell = tell
  }

  func reach(_ task: SoundCheck.Task) throws {
    switch task {
    case .catalog: return
    case .rows(let table, _), .entries(let table, _, _), .documents(let table, _, _),
      .reference(let table, _):
      try tell(upTo: table + 1)
    }
  }

  func finish() throws { try tell(upTo: names.count) }

  private func tell(upTo count: Int) throws {
    while told < count {
      told += 1
      try tell?(names[told - 1])
    }
  }
}
