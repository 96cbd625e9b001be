import Testing

@testable import CareFS

/// The thread behind asynchronous writes.
struct WriterThreadTests {
  private final class Witness { weak var thread: WriterThread? }

  private func use(_ witness: Witness) async throws {
    let db = try Clinic.database()
    witness.thread = db.writer
    try await db.write { _ = try $0.insert(into: "patients", Clinic.patient(1)) }
  }

  @Test func endsWithTheLastReferenceToItsDatabase() async throws {
    for _ in 0..<20 {
      let witness = Witness()
      try await use(witness)
      for _ in 0..<2000 where witness.thread != nil { try await Task.sleep(nanoseconds: 1_000_000) }
      #expect(witness.thread == nil)
    }
  }

  @Test func manyTasksShareTheirSyncs() async throws {
    let db = try Clinic.database()
    let before = db.metrics.logSyncs
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...300 {
        group.addTask {
          try await db.write { _ = try $0.insert(into: "patients", Clinic.patient(number)) }
        }
      }
      try await group.waitForAll()
    }
    let count = try await db.read { try $0.count("patients") }
    #expect(count == 300)
    #expect(db.metrics.logSyncs - before < 300)
    #expect(try db.check().isSound)
  }
}
