import BTree
import PageStore

extension Database {
  /// Verifies the whole file: pages and their checksums, free space, the order of keys, each index
  /// against its rows both ways, constraints, references and documents. Changes nothing; readers
  /// and the writer go on. Uses a thread for each core; where something is wrong, one goes through
  /// the tables once more to say what. Takes some MiB beside the cache, one bit for each page and 16
  /// bytes for each document.
  ///
  /// - Parameters:
  ///   - quick: only pages, free space and the order of keys.
  ///   - progress: is told what is being checked, and may throw to end the check.
  /// - Throws: only when the system refuses a read. Damage is a finding.
  public func check(
    quick: Bool = false, progress: ((String) throws -> Void)? = nil
  ) throws -> CheckReport {
    try check(quick: quick, .shared(threads: nil), progress: progress)
  }

  /// How a check goes about it.
  enum CheckMethod {
    /// One table after another, which finds what is wrong.
    case serial
    /// First with threads, of which nil leaves the number to the size of the file.
    case shared(threads: Int?)
  }

  func check(
    quick: Bool = false, _ method: CheckMethod, progress: ((String) throws -> Void)? = nil
  ) throws -> CheckReport {
    let transaction = try beginRead()
    defer { end(transaction) }
    return try reporting { try check(transaction, quick: quick, method, progress) }
  }

  private func check(
    _ transaction: Transaction, quick: Bool, _ method: CheckMethod,
    _ progress: ((String) throws -> Void)?
  ) throws -> CheckReport {
    var threads = 1
    if case .shared(let wanted) = method {
      let pages = Int(transaction.pages.pageCount)
      threads = wanted ?? min(WorkGroup.threads, max(1, pages / Self.checkedPagesPerThread))
    }
    var report = CheckReport()
    try progress?("pages")
    let pages = try pager.verifyPages(in: transaction.pages, threads: threads)
    report.bytes = pages.bytesRead
    report.pages = Int(pages.pageCount)
    report.notes = pages.notes
    for finding in pages.findings {
      report.add(.init(page: finding.page, message: "page \(finding.page): \(finding.reason)"))
    }
    if case .shared = method, report.isSound {
      let sound = SoundCheck(
        self, transaction, used: pages.used, isQuick: quick, threads: threads)
      if let (rows, entries) = try sound.run(transaction, progress) {
        report.rows = rows
        report.entries = entries
        return report
      }
    }
    try checkTables(transaction, pages.used, quick: quick, progress, &report)
    return report
  }

  /// Fewer are not worth another thread.
  private static let checkedPagesPerThread = 128

  /// Checks one tree after another, and adds what is wrong.
  private func checkTables(
    _ transaction: Transaction, _ used: PageSet, quick: Bool,
    _ progress: ((String) throws -> Void)?, _ report: inout CheckReport
  ) throws {
    var owners = PageOwners(used: used)
    let catalog = try Catalog.tree.check(in: transaction.pages)
    for finding in catalog.findings {
      report.add(.init(page: finding.page, message: "the catalog: \(finding.message)"))
    }
    owners.add(catalog.pages, "the catalog", to: &report)
    for table in transaction.plan.tables {
      try progress?(table.schema.name)
      let check = try TableCheck(transaction, table)
      if quick { try check.runQuick() } else { try check.run() }
      report.merge(check.report)
      for tree in check.trees {
        owners.add(tree.pages, "a tree of \(table.schema.name)", to: &report)
      }
    }
    if report.isSound { owners.finish(&report) }
  }
}

/// Which pages are named by a tree: each page in use must be, exactly once.
private struct PageOwners {
  let used: PageSet
  private var owned = PageSet()

  init(used: PageSet) { self.used = used }

  mutating func add(_ pages: [PageNumber], _ owner: String, to report: inout CheckReport) {
    for page in pages {
      if !owned.insert(page) {
        report.add(
          .init(page: page, message: "page \(page) belongs to \(owner) and to another tree"))
      }
      if !used.contains(page) {
        report.add(.init(page: page, message: "page \(page) of \(owner) is marked as free"))
      }
    }
  }

  /// Finds pages that are in use and belong to nothing. Only meaningful when all trees were read.
  func finish(_ report: inout CheckReport) {
    guard owned != used else { return }
    func note(_ page: PageNumber) {
      guard !owned.contains(page) else { return }
      report.add(.init(page: page, message: "page \(page) is in use but belongs to no tree"))
    }
    used.forEach(note)
  }
}
