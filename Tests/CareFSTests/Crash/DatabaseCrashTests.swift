import CareFS
import CareFSTestSupport
import Testing

/// Power cuts at every operation of a small piece of work on a whole database: what was acknowledged
/// is there, what was not is there as a whole or not at all. `CareTorture images` does the same for
/// many workloads in many more ways.
@Suite struct DatabaseCrashTests {
  private static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("mrn", .text),
        ColumnSchema("notes", .json, null: true),
      ], unique: [["mrn"]]),
    TableSchema(
      "visits",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("patient_id", .int),
        ColumnSchema("day", .int),
      ],
      indexes: [["day", "-id"]],
      foreignKeys: [ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade)]),
  ])

  private static func options(_ files: SimulatedFileSystem, seed: UInt64) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.pageSize = 4096
    options.fileSystem = files
    let random = Shared(SeededRandom(seed))
    options.tuning = { pager in
      pager.segmentSize = 16 << 10
      pager.hasBackgroundCheckpoints = false
      pager.random = { random.next() }
    }
    return options
  }

  /// A state, the operation before which nothing of it can be there, and that after which it must.
  private struct Step {
    var model: ModelDatabase
    var begun: Int
    var acknowledged: Int
  }

  /// Does the work and answers its history.
  private static func work(_ files: SimulatedFileSystem) throws -> [Step] {
    let database = try Database.create(
      path: "a.carefs", schema: schema, options: options(files, seed: 1))
    var model = ModelDatabase(schema)
    var steps = [Step(model: model, begun: -1, acknowledged: files.operationCount)]
    func write(_ body: (MirroredTransaction) throws -> Void) throws {
      try database.write { transaction in
        let mirrored = MirroredTransaction(transaction, model)
        try body(mirrored)
        model = mirrored.model
        steps.append(.init(model: model, begun: files.operationCount, acknowledged: .max))
      }
      steps[steps.count - 1].acknowledged = files.operationCount
    }
    let notes = Value.json(
      try JSON(validating: "{\"text\":\"\(String(repeating: "ab c", count: 900))\"}"))
    try write { tx in
      for number in 0..<3 {
        let key = try tx.insert(
          into: "patients", ["mrn": .text("A\(number)"), "notes": number == 1 ? notes : .null])
        for day in 0..<3 {
          try tx.insert(into: "visits", ["patient_id": key[0], "day": .int(Int64(day))])
        }
      }
    }
    try write { tx in
      #expect(try tx.isRefused { try tx.insert(into: "patients", ["mrn": .text("A2")]) })
      try tx.delete(from: "patients", key: [.int(2)])
    }
    try database.close()
    return steps
  }

  @Test func everyCutLeavesAStateAsAWhole() throws {
    let files = SimulatedFileSystem()
    let steps = try Self.work(files)
    var images: Set<UInt64> = []
    for operation in steps[0].acknowledged...files.operationCount {
      let first = steps.lastIndex { $0.acknowledged <= operation } ?? 0
      let allowed = steps[first...].filter { $0.begun < operation }.map(\.model)
      let count = files.unsyncedItems(after: operation).count
      let survivals: [Survival] = [
        .nothing, .everything, .prefix(count / 2), .except(0), .only(count - 1),
        .random(UInt64(operation)), .torn(UInt64(operation)), .tornLast(.garbage(7)),
      ]
      for survival in survivals {
        let image = files.crash(after: operation, keeping: survival)
        guard images.insert(image.fingerprint).inserted else { continue }
        let database = try Database.open(
          path: "a.carefs", options: Self.options(image, seed: 2))
        let differences = try allowed.map { try $0.difference(from: database) }
        #expect(differences.contains(nil), "cut after \(operation), \(survival): \(differences)")
        #expect(try database.check().isSound, "cut after \(operation), \(survival)")
        try database.close()
      }
    }
    #expect(images.count > 30)
  }

  @Test func aModelThatIsNotThereIsMissed() throws {
    let files = SimulatedFileSystem()
    let steps = try Self.work(files)
    let database = try Database.open(path: "a.carefs", options: Self.options(files, seed: 3))
    #expect(try steps[1].model.difference(from: database) != nil)
    #expect(try steps[2].model.difference(from: database) == nil)
    try database.close()
  }
}

/// Random numbers behind a closure that may be sent; one thread uses them.
private final class Shared: @unchecked Sendable {
  private var random: SeededRandom
  init(_ random: SeededRandom) { self.random = random }
  func next() -> UInt64 { random.next() }
}
