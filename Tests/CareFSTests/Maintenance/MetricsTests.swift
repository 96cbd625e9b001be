import CareFS
import PageStore
import Testing

/// `Database.metrics`: each count moves with what it counts, and with nothing else.
struct MetricsTests {
  private func options() -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = MemoryFileSystem()
    options.tuning = { $0.hasBackgroundCheckpoints = false }
    return options
  }

  /// A closed file of so many patients.
  private func file(_ options: DatabaseOptions, patients: Int = 500) throws -> String {
    let path = "counted.carefs"
    let db = try Database.create(path: path, schema: Clinic.schema, options: options)
    try fill(db, 1...patients)
    try db.close()
    return path
  }

  private func fill(_ db: Database, _ numbers: ClosedRange<Int>) throws {
    try db.write { tx in
      for number in numbers { try tx.insert(into: "patients", Clinic.patient(number)) }
    }
  }

  private func get(_ db: Database, _ id: Int64) throws {
    let row = try db.read { try $0.get("patients", key: [.int(id)]) }
    #expect(row != nil)
  }

  private func scan(_ db: Database) throws {
    let names = try db.read { try $0.rows("patients") }.map { $0["full_name"] }
    #expect(names.count == 6_000)
  }

  /// What `body` did.
  private func work(_ db: Database, _ body: () throws -> Void) rethrows -> DatabaseMetrics {
    let before = db.metrics
    try body()
    return db.metrics.since(before)
  }

  @Test func aWarmGetLooksAtPagesInMemoryAndDoesNothingElse() throws {
    let options = options()
    let db = try Database.open(path: file(options), options: options)
    let first = try work(db) { try get(db, 300) }
    #expect(first.pagesRead > 0)
    #expect(first.cacheMisses == first.pagesRead)
    let level = db.metrics
    let second = try work(db) { try get(db, 300) }
    #expect(second.cacheHits == first.cacheHits + first.cacheMisses)
    var hitsAlone = DatabaseMetrics()
    hitsAlone.cacheHits = second.cacheHits
    hitsAlone.pageBuffers = level.pageBuffers
    hitsAlone.pageBuffersInUse = level.pageBuffersInUse
    #expect(second == hitsAlone)
    #expect(second.cacheHitRate == 1)
  }

  @Test func commitsAloneAreGroupsOfOne() throws {
    let db = try Database.inMemory(schema: Clinic.schema, options: options())
    try fill(db, 1...1)
    let done = try work(db) { for number in 2...21 { try fill(db, number...number) } }
    #expect(done.commits == 20)
    #expect(done.groups == 20)
    #expect(done.groupSizes[0] == 20)
    #expect(done.averageGroupSize == 1)
    #expect(done.logSyncs >= 20)
    #expect(done.logBytesWritten >= 20 * 4_096)
    #expect(done.pagesWritten == 0)
    #expect(done.pageFileSyncs == 0)
    #expect(done.checkpoints == 0)
  }

  @Test func commitsThatShareASyncAreOneGroup() throws {
    let db = try Database.inMemory(schema: Clinic.schema, options: options())
    try fill(db, 1...1)
    let done = try work(db) {
      let tickets = try (2...6).map { number in
        try db.writeWithoutWaiting { tx in
          try tx.insert(into: "patients", Clinic.patient(number))
        }
      }
      #expect(db.metrics.commits == 2)
      for ticket in tickets { try ticket.wait() }
    }
    #expect(done.commits == 5)
    #expect(done.logSyncs == 1)
    #expect(done.groupSizes.enumerated().filter { $0.element > 0 }.map(\.offset) == [2])
    #expect(done.groupSizes[2] == 1)
    #expect(done.averageGroupSize == 5)
  }

  @Test func tasksThatWriteAtOnceFormGroups() async throws {
    let db = try Database.inMemory(schema: Clinic.schema)
    let before = db.metrics
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...300 {
        group.addTask {
          try await db.write { _ = try $0.insert(into: "patients", Clinic.patient(number)) }
        }
      }
      try await group.waitForAll()
    }
    let done = db.metrics.since(before)
    #expect(done.commits == 300)
    #expect(done.groups < 300)
    #expect(try #require(done.averageGroupSize) > 1)
    #expect(done.groupSizes.dropFirst().contains { $0 > 0 })
  }

  @Test func aCheckpointWritesAndSyncsThePageFile() throws {
    let db = try Database.inMemory(schema: Clinic.schema, options: options())
    try fill(db, 1...200)
    let done = try work(db) { try db.checkpoint() }
    #expect(done.checkpoints == 1)
    #expect(done.pagesWritten > 5)
    #expect(done.pageFileSyncs == 2)
    #expect(done.commits == 0)
    #expect(done.groups == 0)
    #expect(done.syncs == done.logSyncs + done.pageFileSyncs)
    // The next one has images to log before it overwrites pages; they are no group of commits.
    try fill(db, 201...201)
    let images = try work(db) { try db.checkpoint() }
    #expect(images.logBytesWritten > 4_096)
    #expect(images.logSyncs == 1)
    #expect(images.groups == 0)
  }

  @Test func aRolledBackWriteIsNoCommit() throws {
    let db = try Database.inMemory(schema: Clinic.schema, options: options())
    try fill(db, 1...200)
    let done = work(db) {
      #expect(throws: DatabaseError.self) {
        try db.write { tx in
          try tx.insert(into: "patients", Clinic.patient(201))
          try tx.insert(into: "patients", Clinic.patient(1))
        }
      }
    }
    #expect(done.cacheHits > 0)
    #expect(done.commits == 0)
    #expect(done.groups == 0)
    #expect(done.logBytesWritten == 0)
    #expect(done.pageBuffersInUse == db.metrics.pageBuffersInUse)
    let read = try work(db) { try get(db, 200) }
    #expect(read.cacheHits > 0)
    #expect(read.cacheMisses == 0)
    #expect(read.syncs == 0)
  }

  @Test func looksCountWhenTheirTransactionEnds() throws {
    let db = try Database.inMemory(schema: Clinic.schema)
    try fill(db, 1...10)
    let before = db.metrics
    try db.read { tx in
      _ = try tx.get("patients", key: [.int(3)])
      #expect(db.metrics.since(before).cacheHits == 0)
    }
    #expect(db.metrics.since(before).cacheHits > 0)
  }

  @Test func threadsLoseNoLook() async throws {
    let options = options()
    let db = try Database.open(path: file(options), options: options)
    try get(db, 7)
    let one = try work(db) { try get(db, 7) }
    let before = db.metrics
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<100 { try get(db, 7) } }
      }
      try await group.waitForAll()
    }
    let all = db.metrics.since(before)
    #expect(all.cacheHits == 800 * one.cacheHits)
    #expect(all.cacheMisses == 0)
  }

  @Test func aSmallCacheEvictsAndSpillsWithinItsMemory() throws {
    var options = options()
    options.pageSize = 4096
    options.cacheBytes = 32 * options.pageSize
    let db = try Database.open(path: file(options, patients: 6_000), options: options)
    let cold = try work(db) { try scan(db) }
    #expect(cold.pagesRead > 32)
    #expect(cold.pagesEvicted > 0)
    #expect(cold.pagesSpilled == 0)
    #expect(cold.poolAllocations > 0)
    #expect(try #require(cold.cacheHitRate) < 1)
    #expect(cold.pageBuffersInUse <= cold.pageBuffers)
    let again = try work(db) { try scan(db) }
    #expect(again.pagesRead > 32)
    #expect(again.poolAllocations < again.pagesRead / 4)
    let large = try work(db) { try fill(db, 6_001...9_000) }
    #expect(large.pagesSpilled > 0)
  }

  @Test func aReadOnlyDatabaseWritesNothing() throws {
    var options = options()
    let path = try file(options)
    options.readOnly = true
    let db = try Database.open(path: path, options: options)
    try get(db, 1)
    #expect(try db.check().isSound)
    let metrics = db.metrics
    #expect(metrics.cacheHits > 0)
    #expect(metrics.pagesRead > 0)
    #expect(metrics.pagesWritten == 0)
    #expect(metrics.logBytesWritten == 0)
    #expect(metrics.syncs == 0)
    #expect(metrics.commits == 0)
    #expect(metrics.averageGroupSize == nil)
  }

  @Test func aCheckReadsEveryPage() throws {
    let options = options()
    let db = try Database.open(path: file(options), options: options)
    let pages = UInt64(try db.stats().fileBytes) / UInt64(options.pageSize)
    let done = try work(db) { _ = try db.check() }
    #expect(done.pagesRead >= pages)
    #expect(done.pagesWritten == 0)
  }

  @Test func countsOnlyGrowAndLastBeyondClose() throws {
    let options = options()
    let path = try file(options)
    let db = try Database.open(path: path, options: options)
    var readings = [db.metrics]
    for round in 1...5 {
      try fill(db, 500 + round * 10...500 + round * 10 + 9)
      try get(db, Int64(round))
      if round % 2 == 0 { try db.checkpoint() }
      readings.append(db.metrics)
    }
    try db.close()
    readings.append(db.metrics)
    for (earlier, later) in zip(readings, readings.dropFirst()) {
      // What had shrunk would give 0 both ways.
      #expect(counts(earlier.since(later)).allSatisfy { $0 == 0 })
      #expect(
        counts(later) == zip(counts(earlier), counts(later.since(earlier))).map { $0 + $1 })
    }
    #expect(readings[6].checkpoints == 3)
    let fresh = try Database.open(path: path, options: options)
    #expect(fresh.metrics.commits == 0)
    #expect(fresh.metrics.since(readings[6]).commits == 0)
  }

  private func counts(_ metrics: DatabaseMetrics) -> [UInt64] {
    [
      metrics.cacheHits, metrics.cacheMisses, metrics.pagesRead, metrics.pagesWritten,
      metrics.pagesSpilled, metrics.pagesEvicted, metrics.pageFileSyncs, metrics.checkpoints,
      metrics.logBytesWritten, metrics.logSyncs, metrics.commits, metrics.poolAllocations,
    ] + metrics.groupSizes
  }

  @Test func theTextHasALineForEachFigure() {
    var metrics = DatabaseMetrics()
    metrics.cacheHits = 41
    metrics.logSyncs = 3
    metrics.groupSizes[0] = 5
    metrics.groupSizes[3] = 2
    metrics.groupSizes[15] = 1
    metrics.pageBuffers = 256
    let lines = metrics.description.split(separator: "\n").map(String.init)
    #expect(lines.count == 18)
    #expect(lines.first == "cache hits: 41")
    #expect(lines.contains("log syncs: 3"))
    #expect(lines.contains("page buffers: 256"))
    #expect(
      lines.suffix(4) == [
        "groups: 8", "groups of 1 commit: 5", "groups of 8 to 15 commits: 2",
        "groups of 32768 commits or more: 1",
      ])
  }
}
