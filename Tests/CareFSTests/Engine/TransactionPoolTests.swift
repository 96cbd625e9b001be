import PageStore
import Testing

@testable import CareFS

/// What one transaction leaves to the next must not show.
@Suite struct TransactionPoolTests {
  private struct Refused: Error {}

  private func fill(_ db: Database, _ numbers: Range<Int>) throws {
    try db.write { tx throws in
      for number in numbers { try tx.insert(into: "patients", Clinic.patient(number)) }
    }
  }

  private func email(_ tx: Transaction, _ id: Int) throws -> Value? {
    try tx.get("patients", key: [.int(Int64(id))])?["email"]
  }

  @Test func transactionsBesideEachOtherHaveTheirOwn() throws {
    let db = try Clinic.database()
    try fill(db, 1..<4)
    for _ in 0..<20 {
      try db.read { one throws in
        #expect(try email(one, 1) == .text("p1@x.example"))
        try db.read { two throws in
          #expect(try email(two, 2) == .text("p2@x.example"))
          #expect(one.keyBuffer.buffer !== two.keyBuffer.buffer)
          try db.write { three throws in
            try three.update("patients", key: [.int(3)], ["status": .int(2)])
            #expect(try email(three, 3) == .text("p3@x.example"))
          }
          #expect(try email(two, 3) == .text("p3@x.example"))
        }
        #expect(try email(one, 2) == .text("p2@x.example"))
      }
    }
    #expect(try db.check().isSound)
  }

  /// The same memory serves the next transaction, and the one before it has no more to do with it.
  @Test func memoryGoesFromOneToTheNext() throws {
    let db = try Clinic.database()
    try fill(db, 1..<3)
    var ended: ReadTransaction?
    let first = try db.read { tx throws in
      ended = tx
      return (try email(tx, 1), ObjectIdentifier(tx.keyBuffer.buffer)).1
    }
    let second = try db.read { tx throws in
      _ = try email(tx, 2)
      return ObjectIdentifier(tx.keyBuffer.buffer)
    }
    #expect(first == second)
    let error = #expect(throws: DatabaseError.self) { try ended.map { try email($0, 1) } }
    #expect(error?.code == .closed)
  }

  /// A writer whose statement failed half way is not used again; one that was refused is.
  @Test func whatHasFailedIsNotUsedAgain() throws {
    let db = try Clinic.database()
    try fill(db, 1..<50)
    for round in 0..<10 {
      #expect(throws: Refused.self) {
        try db.write { tx throws in
          for number in 0..<round * 20 {
            try tx.insert(into: "patients", Clinic.patient(1_000 + number))
          }
          throw Refused()
        }
      }
      try db.write { tx throws in
        let error = #expect(throws: DatabaseError.self) {
          try tx.insert(into: "patients", Clinic.patient(7))
        }
        #expect(error?.code == .uniqueViolation)
        try tx.insert(into: "patients", Clinic.patient(100 + round))
      }
      #expect(try db.read { try $0.count("patients") } == 50 + round)
    }
    #expect(try db.check().isSound)
  }

  /// Keys go on where the last transaction left them, and each finds the rows of the others.
  @Test func countersAndEditorsFollowTheTree() throws {
    let db = try Clinic.database()
    for number in 0..<600 {
      let key = try db.write { try $0.insert(into: "patients", Clinic.patient(number)) }
      #expect(key == [.int(Int64(number + 1))])
      if number % 3 == 2 {
        try db.write { tx throws in
          #expect(try tx.delete(from: "patients", key: [.int(Int64(number))])["patients"] == 1)
        }
      }
    }
    #expect(try db.read { try $0.count("patients") } == 400)
    #expect(try db.check().isSound)
  }

  @Test func memoryIsBounded() throws {
    let pool = TransactionPool()
    func memory(_ bytes: Int) -> TransactionMemory {
      TransactionMemory(keyBuffer: KeyEncoder(ByteBuffer(capacity: bytes)), stores: [], views: [])
    }
    pool.give(memory(1 << 20))
    #expect(pool.takeMemory(tables: 0).bytes < 1_000)
    for _ in 0..<100 { pool.give(memory(100_000)) }
    var left = 0
    while pool.takeMemory(tables: 0).bytes >= 100_000 { left += 1 }
    #expect(left == 8)
  }
}
