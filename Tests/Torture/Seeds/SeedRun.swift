import CareFS
import CareFSTestSupport
import PageStore

/// One seed's run on one thread: operations against the engine and the model, with crashes and
/// faults between them.
final class SeedRun {
  static let path = "seed.carefs"

  let plan: SeedPlan
  var files: SimulatedFileSystem
  var database: Database?
  var model: ModelDatabase
  /// The models of the commits that were acknowledged since the disk was last fresh, each with the
  /// number of the last file operation by then.
  var history: [(operation: Int, model: ModelDatabase)] = []
  var version = 0
  /// What happened, in numbers.
  var hash = SeedHash()
  var counts = SeedCounts()
  /// Set while a fault may show: from its injection until the next recovery.
  var isSuspect = false
  private var snapshots = 0
  private var logWatch = SeedLogWatch()
  private let source: SeedSource

  init(_ plan: SeedPlan) {
    self.plan = plan
    source = SeedSource(plan.seed)
    files = SimulatedFileSystem()
    model = ModelDatabase(SeedSchema.schema(plan.schemaSeed, version: 0))
  }

  /// Runs all operations and closes the file.
  func run() throws {
    database = try Database.create(
      path: Self.path, schema: model.schema, options: options(files))
    history = [(files.operationCount, model)]
    let root: [String: Value] = ["id": .int(0), "name": .text("root")]
    try database?.write { try $0.insert(into: "wards", root) }
    try model.insert(into: "wards", root)
    acknowledge()
    // What a fault left may still show in the end: the last operation has no trouble of its own.
    try run((plan.operations + [SeedOperation(kind: .reopen, seed: 1)])[...])
    try verify()
    try database?.close()
    database = nil
    hash.add(files.fingerprint)
  }

  func options(_ files: SimulatedFileSystem) -> DatabaseOptions { plan.options(files, source) }

  func acknowledge() { history.append((files.operationCount, model)) }

  var open: Database {
    get throws {
      guard let database else { throw SeedFailure("there is no open database") }
      return database
    }
  }

  // MARK: Operations

  func run(_ operations: ArraySlice<SeedOperation>) throws {
    var at = operations.startIndex
    while at < operations.endIndex {
      let operation = operations[at]
      var end = at + 1
      if operation.isStatement { end = transactionEnd(operations, at) }
      if operation.kind == .snapshot || operation.kind == .fault {
        end = min(at + 2 + Int(operation.seed % 6), operations.endIndex)
      }
      let outer = snapshots
      do {
        try step(operations[at..<end])
      } catch let trouble as SeedTrouble {
        guard outer == 0 else { throw trouble }
        try recoverFromTrouble(trouble, operation.seed)
      } catch let failure as SeedFailure {
        throw failure
      } catch {
        throw SeedFailure("\(operation): \(error)")
      }
      at = end
    }
  }

  /// A transaction goes on until an operation of another kind, one that undoes it, or by chance.
  private func transactionEnd(_ operations: ArraySlice<SeedOperation>, _ start: Int) -> Int {
    var at = start
    while at < operations.endIndex, operations[at].isStatement {
      let operation = operations[at]
      at += 1
      if operation.kind == .undo || operation.seed % 3 == 0 { break }
    }
    return at
  }

  private func step(_ operations: ArraySlice<SeedOperation>) throws {
    guard let first = operations.first else { return }
    counts.operations += operations.count
    let isInside = snapshots > 0
    switch first.kind {
    case .snapshot: try snapshot(operations.dropFirst())
    case .fault where !isInside: try fault(first, operations.dropFirst())
    case .check: try engine { try verify(first.seed) }
    case .checkpoint: try engine { try open.checkpoint() }
    case .compact where !isInside: try compact()
    case .reopen where !isInside: try reopen()
    case .adapt where !isInside: try adapt()
    case .crash where !isInside: try crash(first.seed)
    case .lookUp, .scan, .filter, .order:
      guard operations.count == 1 else { return try transaction(operations) }
      try engine { try open.read { try SeedQuery.run(first, $0, model) } }
    case _ where first.isStatement: try transaction(operations)
    default: break
    }
  }

  /// Calls the engine; what fails after a fault was injected is trouble, not failure.
  func engine<R>(next: ModelDatabase? = nil, _ body: () throws -> R) throws -> R {
    do { return try body() } catch {
      if error is SeedFailure || error is SeedTrouble || !isSuspect { throw error }
      throw SeedTrouble(underlying: error, next: next)
    }
  }

  // MARK: Transactions

  private func transaction(_ operations: ArraySlice<SeedOperation>) throws {
    var next = model
    var isDone = false
    do {
      try open.write { tx in
        try statements(operations, tx, &next)
        isDone = true
      }
      if (try? next.requireClosedReferences()) == nil {
        throw SeedFailure("a commit leaves a reference open")
      }
      model = next
      acknowledge()
      counts.commits += 1
      if !isSuspect { try logWatch.look(try open, bound: plan.checkpointLogBytes) }
    } catch is SeedUndo {
      counts.undone += 1
    } catch let error as DatabaseError where error.code == .foreignKeyViolation && isDone {
      guard (try? next.requireClosedReferences()) == nil else {
        throw SeedFailure("a commit is refused although all references close")
      }
      counts.undone += 1
    } catch let error as SeedFailure {
      throw error
    } catch {
      guard isSuspect else { throw error }
      throw SeedTrouble(underlying: error, next: isDone ? next : nil)
    }
    hash.add(files.operationCount)
    guard let first = operations.first, first.seed % 4 == 0 else { return }
    try engine {
      if let what = try model.difference(from: open, by: .scan) { throw SeedFailure(what) }
    }
  }

  private func statements(
    _ operations: ArraySlice<SeedOperation>, _ tx: WriteTransaction, _ next: inout ModelDatabase
  ) throws {
    var at = operations.startIndex
    while at < operations.endIndex {
      let operation = operations[at]
      at += 1
      switch operation.kind {
      case .undo: throw SeedUndo()
      case .savepoint:
        let end = min(at + Int(operation.seed % 5), operations.endIndex)
        let before = next
        do {
          try tx.savepoint {
            try statements(operations[at..<end], tx, &next)
            if operation.seed % 2 == 0 { throw SeedUndo() }
          }
        } catch is SeedUndo { next = before }
        at = end
      case .lookUp, .scan, .filter, .order: try SeedQuery.run(operation, tx, next)
      default: try SeedStatement.run(operation, tx, &next)
      }
    }
  }

  /// Reads a snapshot before and after some operations: it stays what it was.
  private func snapshot(_ operations: ArraySlice<SeedOperation>) throws {
    let seen = model
    snapshots += 1
    defer { snapshots -= 1 }
    try engine {
      try open.read { tx in
        if let what = try seen.difference(in: tx, by: .scan) { throw SeedFailure(what) }
        try run(operations)
        if let what = try seen.difference(in: tx) {
          throw SeedFailure("a snapshot changed: \(what)")
        }
      }
    }
  }

  // MARK: The file as a whole

  /// Everything that is there is what should be, and the engine thinks so too.
  func verify(_ seed: UInt64 = 0) throws {
    if let what = try model.difference(from: open) { throw SeedFailure(what) }
    let report = try open.check(quick: seed % 3 == 1)
    guard report.isSound else {
      throw SeedFailure("check: \(report.findings.map(\.message).prefix(3))")
    }
    if snapshots == 0, seed % 3 == 2 { _ = try open.stats() }
  }

  private func close() throws {
    try engine {
      let closing = try open
      database = nil
      try closing.close()
    }
  }

  func reopen() throws {
    try close()
    try engine {
      database = try Database.open(path: Self.path, options: options(files))
    }
  }

  private func compact() throws {
    try close()
    try engine {
      _ = try Database.compact(path: Self.path, options: options(files))
      database = try Database.open(path: Self.path, options: options(files))
    }
    acknowledge()
    try engine { try verify() }
  }

  private func adapt() throws {
    guard version < SeedSchema.lastVersion else { return }
    let schema = SeedSchema.schema(plan.schemaSeed, version: version + 1)
    let next = try model.adapted(to: schema)
    try close()
    try engine(next: next) {
      database = try Database(path: Self.path, schema: schema, options: options(files))
    }
    version += 1
    model = next
    acknowledge()
    try engine { try verify() }
  }
}

/// What runs did.
struct SeedCounts {
  var operations = 0
  var commits = 0
  var undone = 0
  var crashes = 0
  var faults = 0
  var reads = 0
  /// How often a scheduled thread closed the file under the others.
  var changes = 0

  static func += (left: inout SeedCounts, right: SeedCounts) {
    left.operations += right.operations
    left.commits += right.commits
    left.undone += right.undone
    left.crashes += right.crashes
    left.faults += right.faults
    left.reads += right.reads
    left.changes += right.changes
  }
}
