import CareFS
import CareFSTestSupport
import PageStore

/// A database on a simulated disk and the model of what it should hold.
final class OperationRun {
  private static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("mrn", .text),
        ColumnSchema("age", .int, null: true, min: 0, max: 150),
        ColumnSchema("notes", .json, null: true),
      ],
      unique: [["mrn"]], indexes: [["age", "-id"], IndexSchema(["notes"], path: "a")]),
    TableSchema(
      "visits",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("patient_id", .int),
        ColumnSchema("day", .int),
      ],
      indexes: [["patient_id", "-day"]],
      foreignKeys: [ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade)]),
    TableSchema(
      "nodes",
      columns: [ColumnSchema("id", .int), ColumnSchema("parent", .int, null: true)],
      foreignKeys: [ForeignKeySchema("parent", references: "nodes", onDelete: .cascade)]),
  ])

  private let random = FuzzRandom(5)
  private var files: SimulatedFileSystem
  private var database: Database?
  private var model = ModelDatabase(OperationRun.schema)
  /// What a commit that was not acknowledged may have left.
  private var pending: ModelDatabase?
  /// Whether a fault may show.
  private var isFaulty = false

  /// An empty database, closed: every run begins with it.
  private static let empty = Result {
    let files = SimulatedFileSystem()
    let options = FuzzDatabase.options(files, random: FuzzRandom(4))
    try Database.create(path: FuzzDatabase.path, schema: OperationRun.schema, options: options)
      .close()
    return files
  }

  init() throws {
    files = try FuzzFinding.always { try Self.empty.get() }.copy()
    database = try FuzzFinding.always {
      try Database.open(path: FuzzDatabase.path, options: options)
    }
  }

  private var options: DatabaseOptions { FuzzDatabase.options(files, random: random) }

  private var open: Database {
    get throws {
      guard let database else { throw FuzzFinding("no database is open") }
      return database
    }
  }

  /// Takes all steps, and compares what is there in the end.
  func run(_ operations: [Operation]) throws {
    var rest = operations[...]
    while let first = rest.first {
      do {
        if first.isStatement {
          try transaction(&rest)
        } else {
          rest.removeFirst()
          try step(first)
        }
      } catch {
        try recover(from: error, first)
      }
    }
    if isFaulty { return try restart(Operation(kind: .cut, a: 0, b: 0, c: 0)) }
    try FuzzFinding.always { try reopen() }
    try compare()
  }

  private func step(_ operation: Operation) throws {
    switch operation.kind {
    case .checkpoint: try open.checkpoint()
    case .reopen: try reopen()
    case .compact:
      try close()
      _ = try Database.compact(path: FuzzDatabase.path, options: options)
      try reopen()
    case .cut: try restart(operation)
    case .fault: inject(operation)
    case .compare: if !isFaulty { try compare() }
    default: break
    }
  }

  private func close() throws {
    let closing = database
    database = nil
    try closing?.close()
  }

  private func reopen() throws {
    try close()
    database = try Database.open(path: FuzzDatabase.path, options: options)
  }

  /// Everything is as the model says, by every path, and the engine thinks so too.
  private func compare() throws {
    try FuzzFinding.always {
      if let what = try model.difference(from: open) { throw FuzzFinding(what) }
      let report = try open.check()
      guard report.isSound else {
        throw FuzzFinding("check: \(report.findings.map(\.message).prefix(3))")
      }
    }
  }

  // MARK: Transactions

  private struct Undone: Error {}

  private func transaction(_ rest: inout ArraySlice<Operation>) throws {
    var statements: [Operation] = []
    while let next = rest.first, next.isStatement {
      statements.append(next)
      rest.removeFirst()
      if next.kind == .undo || statements.count == 24 { break }
    }
    do {
      try open.write { tx in
        let mirrored = MirroredTransaction(tx, model)
        for statement in statements {
          if statement.kind == .undo { throw Undone() }
          try OperationStatements.run(statement, mirrored)
        }
        pending = mirrored.model
      }
      if let done = pending { model = done }
    } catch is Undone {}
    pending = nil
  }

  // MARK: Trouble

  private func inject(_ operation: Operation) {
    let calls = InjectedFault.Call.allCases
    var kinds: Set = [calls[operation.a % calls.count]]
    if operation.a >= 128 { kinds.insert(calls[operation.b % calls.count]) }
    let effects: [InjectedFault.Effect] = [
      .none, .partial(operation.c * 16), .whole, .forgets,
    ]
    files.inject(
      InjectedFault(
        kinds, nth: 1 + operation.b % 16, isForEver: operation.c & 64 != 0,
        error: operation.c & 128 != 0 ? InjectedFault.diskFull : Self.failure,
        effect: effects[operation.c % effects.count]))
    isFaulty = true
  }

  private static let failure = StoreError(.io, "simulated input/output error", errno: 5)

  private func recover(from error: any Error, _ operation: Operation) throws {
    if error is FuzzFinding { throw error }
    if let error = error as? MirrorDisagreement { throw FuzzFinding(error.description) }
    guard isFaulty, error is DatabaseError || error is StoreError else {
      throw FuzzFinding("\(operation.kind): \(error)")
    }
    try restart(operation)
  }

  /// The process ends, or the power goes; then the file holds what was acknowledged, or that and the
  /// commit that was under way.
  private func restart(_ operation: Operation) throws {
    files.powerOff()
    database = nil
    files.powerOn()
    files.clearFaults()
    isFaulty = false
    let survivals: [Survival] = [
      .everything, .nothing, .random(UInt64(operation.b)), .torn(UInt64(operation.c)),
    ]
    files = files.crash(keeping: survivals[operation.a % survivals.count])
    try FuzzFinding.always {
      database = try Database.open(path: FuzzDatabase.path, options: options)
      if let what = try model.difference(from: open, by: .scan) {
        guard let pending, try pending.difference(from: open, by: .scan) == nil else {
          throw FuzzFinding("after \(operation.kind): \(what)")
        }
        model = pending
      }
    }
    pending = nil
    try compare()
  }
}
