import CareFS
import CareFSTestSupport
import PageStore
import Synchronization

/// A database on simulated files, the model of what it holds, and the history of its commits.
///
/// Everything random comes from a seed, so that the same work makes the same operations.
final class CrashRun {
  static let path = "clinic.carefs"
  static let copyPath = "packed.carefs"

  let files: SimulatedFileSystem
  let family: Family
  let tuning: @Sendable (inout PagerOptions) -> Void
  private(set) var database: Database?
  private(set) var model: ModelDatabase
  var timeline = CrashTimeline()
  /// What the files held before this run, where they had a life of their own before it.
  private(set) var past: [ModelDatabase] = []
  private var opened: UInt64 = 0
  private let seed: UInt64

  init(
    _ family: Family, on files: SimulatedFileSystem = SimulatedFileSystem(), seed: UInt64,
    tuning: @escaping @Sendable (inout PagerOptions) -> Void = { _ in }
  ) {
    self.files = files
    self.family = family
    self.seed = seed
    self.tuning = tuning
    model = family.model
  }

  /// The options of the next opening: small pages and segments, no thread but the caller's, and
  /// numbers that `seed` decides.
  static func options(
    _ files: any FileSystem, seed: UInt64,
    tuning: @escaping @Sendable (inout PagerOptions) -> Void = { _ in }
  ) -> DatabaseOptions {
    let random = SharedRandom(seed)
    var options = DatabaseOptions()
    options.pageSize = 4096
    options.cacheBytes = 64 * 4096
    options.lockTimeoutMilliseconds = 1_000
    options.fileSystem = files
    options.tuning = { pager in
      pager.segmentSize = 16 << 10
      pager.hasBackgroundCheckpoints = false
      pager.random = { random.next() }
      pager.clock = { 1_700_000_000_000_000 }
      tuning(&pager)
    }
    return options
  }

  private func nextOptions() -> DatabaseOptions {
    opened += 1
    return Self.options(files, seed: seed &* 1_000 &+ opened, tuning: tuning)
  }

  func requireDatabase() throws -> Database {
    guard let database else { throw DatabaseError(.closed, "no database is open") }
    return database
  }

  // MARK: Openings

  func create() throws {
    timeline.mayBeMissing = true
    timeline.steps.append(.init(model: model, begun: files.operationCount, acknowledged: .max))
    database = try Database.create(
      path: Self.path, schema: model.schema, options: nextOptions())
    acknowledge()
  }

  func open() throws {
    database = try Database.open(path: Self.path, options: nextOptions())
    acknowledge()
  }

  /// Opens with a schema that adds to the file's.
  func open(adding schema: DatabaseSchema) throws {
    let next = try model.adapted(to: schema)
    timeline.steps.append(.init(model: next, begun: files.operationCount, acknowledged: .max))
    database = try Database(path: Self.path, schema: schema, options: nextOptions())
    model = next
    acknowledge()
  }

  /// Goes on with a database that is open, and what it was found to hold.
  func adopt(_ database: Database, _ model: ModelDatabase, since operation: Int) {
    self.database = database
    self.model = model
    timeline.steps.append(.init(model: model, begun: -1, acknowledged: operation))
  }

  /// Files that hold `model`, or, until they are opened, what else is allowed; made by `before`.
  func expect(
    _ model: ModelDatabase, among allowed: CrashTimeline.Allowed, after before: CrashRun
  ) {
    self.model = model
    past = before.everything
    timeline.prior = allowed.states
    timeline.steps = [.init(model: model, begun: -1, acknowledged: .max)]
  }

  func close() throws {
    let open = database
    database = nil
    try open?.close()
  }

  /// The database that is open, if one is.
  var openDatabase: Database? { database }

  /// Ends as a process does that is killed.
  func die() {
    // Without power the handle can do nothing more, as after the end of its process.
    files.powerOff()
    database = nil
    files.powerOn()
  }

  func reopen() throws {
    try close()
    try open()
  }

  func checkpoint() throws { try requireDatabase().checkpoint() }

  func compact() throws {
    _ = try Database.compact(path: Self.path, options: nextOptions())
  }

  /// Gives the end of the open file back, a few pages a transaction.
  func compactOnline() throws {
    var isDone = false
    while !isDone {
      var moved = 0
      _ = try requireDatabase().compact(budget: 3 * 4096) { moved = $0 }
      isDone = moved == 0
    }
  }

  /// Writes a packed copy beside the file.
  func compactIntoCopy() throws {
    timeline.copy = .init(model: model, begun: files.operationCount, acknowledged: .max)
    _ = try Database.compact(path: Self.path, into: Self.copyPath, options: nextOptions())
    timeline.copy?.acknowledged = files.operationCount
  }

  /// Every state that the files ever held, the newest first.
  var everything: [ModelDatabase] {
    timeline.steps.map(\.model).reversed() + timeline.prior + past
  }

  // MARK: Commits

  /// One transaction, acknowledged when it returns.
  func write(_ body: (MirroredTransaction) throws -> Void) throws {
    model = try requireDatabase().write { try mirror($0, body) }
    acknowledge()
  }

  /// One more transaction of the family's own, with a number that none had before.
  func goOn(_ number: Int) throws { try write { try family.goOn($0, number) } }

  /// One transaction of a group: it may be there from now on, and must be once one after it was
  /// acknowledged.
  @discardableResult
  func prepare(_ body: (MirroredTransaction) throws -> Void) throws -> CommitTicket {
    var next = model
    let ticket = try requireDatabase().writeWithoutWaiting { next = try mirror($0, body) }
    model = next
    return ticket
  }

  /// What `body` leaves, noted as a commit that is about to be made.
  private func mirror(
    _ transaction: WriteTransaction, _ body: (MirroredTransaction) throws -> Void
  ) throws -> ModelDatabase {
    let mirrored = MirroredTransaction(transaction, model)
    try body(mirrored)
    timeline.steps.append(
      .init(model: mirrored.model, begun: files.operationCount, acknowledged: .max))
    return mirrored.model
  }

  /// One transaction that is undone at its end.
  func rollBack(_ body: (MirroredTransaction) throws -> Void) throws {
    struct Undone: Error {}
    do {
      try requireDatabase().write { transaction in
        try body(MirroredTransaction(transaction, model))
        throw Undone()
      }
    } catch is Undone {}
  }

  /// All commits so far must stay.
  func acknowledge() {
    for index in timeline.steps.indices where timeline.steps[index].acknowledged == .max {
      timeline.steps[index].acknowledged = files.operationCount
    }
  }
}

/// Random numbers for closures that may be sent.
final class SharedRandom: Sendable {
  private let random: Mutex<SeededRandom>
  init(_ seed: UInt64) { random = Mutex(SeededRandom(seed)) }
  func next() -> UInt64 { random.withLock { $0.next() } }
}
