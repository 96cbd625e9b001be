import CareFS
import Testing

/// The anomalies by which Hermitage (Kleppmann) tells isolation levels apart: none of them happens.
///
/// Writers follow one another; a reader keeps the moment at which it began.
@Suite struct HermitageTests {
  private static let schema = DatabaseSchema([
    TableSchema(
      "test", columns: [ColumnSchema("id", .int), ColumnSchema("value", .int)],
      indexes: [["value"]])
  ])

  private let database: Database

  init() throws {
    database = try Database.inMemory(schema: Self.schema)
    try database.write { tx in
      for id in 1...2 { try Self.insert(tx, id, id * 10) }
    }
  }

  // MARK: Steps

  private static func insert(_ tx: Transaction, _ id: Int, _ value: Int) throws {
    try (tx as? WriteTransaction)?.insert(
      into: "test", ["id": .int(Int64(id)), "value": .int(Int64(value))])
  }

  private func insert(_ session: Session, _ id: Int, _ value: Int) throws {
    try session.run { try Self.insert($0, id, value) }
  }

  private func set(_ session: Session, _ id: Int, _ value: Int) throws {
    let found = try session.run { tx in
      try (tx as? WriteTransaction)?.update(
        "test", key: [.int(Int64(id))], ["value": .int(Int64(value))])
    }
    #expect(found == true)
  }

  private func value(_ session: Session, _ id: Int) throws -> Int? {
    try session.run { tx in
      guard case .int(let value)? = try tx.get("test", key: [.int(Int64(id))])?["value"] else {
        return nil
      }
      return Int(value)
    }
  }

  /// The ids of the rows that match, in order.
  private func ids(_ session: Session, where filter: String) throws -> [Int] {
    try session.run { tx in
      let rows = try tx.rows("test", where: try Expression.parse(filter), order: ["id"])
      return rows.compactMap { row in
        if case .int(let id)? = row["id"] { Int(id) } else { nil }
      }
    }
  }

  private func final() throws -> [Int?] {
    let session = Session.reading(database)
    defer { try? session.commit() }
    return [try value(session, 1), try value(session, 2)]
  }

  // MARK: Anomalies

  @Test func g0WriteCycles() throws {
    let one = Session.writing(database)
    try set(one, 1, 11)
    let two = Session.writing(database)
    #expect(two.isWaiting)
    try set(one, 2, 21)
    try one.commit()
    #expect(try final() == [11, 21])
    try set(two, 1, 12)
    try set(two, 2, 22)
    try two.commit()
    #expect(try final() == [12, 22])
  }

  @Test func g1aAbortedReads() throws {
    let one = Session.writing(database)
    try set(one, 1, 101)
    let two = Session.reading(database)
    #expect(try value(two, 1) == 10)
    #expect(try ids(two, where: "value = 101") == [])
    try one.abort()
    #expect(try value(two, 1) == 10)
    try two.commit()
    #expect(try final() == [10, 20])
  }

  @Test func g1bIntermediateReads() throws {
    let one = Session.writing(database)
    try set(one, 1, 101)
    let two = Session.reading(database)
    #expect(try value(two, 1) == 10)
    try set(one, 1, 11)
    try one.commit()
    #expect(try value(two, 1) == 10)
    try two.commit()
    #expect(try final() == [11, 20])
  }

  @Test func g1cCircularInformationFlow() throws {
    let one = Session.writing(database)
    try set(one, 1, 11)
    let two = Session.writing(database)
    #expect(two.isWaiting)
    #expect(try value(one, 2) == 20)
    try one.commit()
    try set(two, 2, 22)
    #expect(try value(two, 1) == 11)
    try two.commit()
    #expect(try final() == [11, 22])
  }

  @Test func otvObservedTransactionVanishes() throws {
    let one = Session.writing(database)
    try set(one, 1, 11)
    try set(one, 2, 19)
    let two = Session.writing(database)
    #expect(two.isWaiting)
    try one.commit()
    try set(two, 1, 12)
    let three = Session.reading(database)
    #expect(try value(three, 1) == 11)
    try set(two, 2, 18)
    #expect(try value(three, 2) == 19)
    try two.commit()
    #expect(try value(three, 2) == 19)
    #expect(try value(three, 1) == 11)
    try three.commit()
    #expect(try final() == [12, 18])
  }

  @Test func pmpPredicateManyPreceders() throws {
    let one = Session.reading(database)
    #expect(try ids(one, where: "value = 30") == [])
    let two = Session.writing(database)
    try insert(two, 3, 30)
    try two.commit()
    #expect(try ids(one, where: "value > 25") == [])
    #expect(try ids(one, where: "value + 0 > 25") == [])
    try one.commit()
  }

  @Test func pmpForWrites() throws {
    let one = Session.writing(database)
    try set(one, 1, 20)
    try set(one, 2, 30)
    let two = Session.writing(database)
    #expect(two.isWaiting)
    try one.commit()
    // What the predicate meant before the first one committed is of no account.
    let gone = try two.run { tx in
      try (tx as? WriteTransaction)?.delete(
        from: "test", where: try Expression.parse("value = 20"))["test"]
    }
    #expect(gone == 1)
    try two.commit()
    #expect(try final() == [nil, 30])
  }

  @Test func p4LostUpdate() throws {
    let one = Session.writing(database)
    #expect(try value(one, 1) == 10)
    let two = Session.writing(database)
    #expect(two.isWaiting)
    try set(one, 1, 11)
    try one.commit()
    let seen = try #require(try value(two, 1))
    #expect(seen == 11)
    try set(two, 1, seen + 1)
    try two.commit()
    #expect(try final() == [12, 20])
  }

  @Test func gSingleReadSkew() throws {
    let one = Session.reading(database)
    #expect(try value(one, 1) == 10)
    let two = Session.writing(database)
    #expect(try value(two, 1) == 10)
    #expect(try value(two, 2) == 20)
    try set(two, 1, 12)
    try set(two, 2, 18)
    try two.commit()
    #expect(try value(one, 2) == 20)
    #expect(try ids(one, where: "value = 18") == [])
    #expect(try ids(one, where: "value = 20") == [2])
    try one.commit()
    #expect(try final() == [12, 18])
  }

  @Test func g2ItemWriteSkew() throws {
    let one = Session.writing(database)
    #expect(try value(one, 1) == 10)
    #expect(try value(one, 2) == 20)
    let two = Session.writing(database)
    #expect(two.isWaiting)
    try set(one, 1, 11)
    try one.commit()
    #expect(try value(two, 1) == 11)
    #expect(try value(two, 2) == 20)
    try set(two, 2, 21)
    try two.commit()
    #expect(try final() == [11, 21])
  }

  @Test func g2AntiDependencyCycles() throws {
    let one = Session.writing(database)
    #expect(try ids(one, where: "value >= 30") == [])
    let two = Session.writing(database)
    #expect(two.isWaiting)
    try insert(one, 3, 30)
    try one.commit()
    #expect(try ids(two, where: "value >= 30") == [3])
    try insert(two, 4, 42)
    try two.commit()
    let three = Session.reading(database)
    #expect(try ids(three, where: "value >= 30") == [3, 4])
    try three.commit()
  }

  /// A writer that is promised an answer in time gets `busy` rather than an old state.
  @Test func aWaitHasAnEnd() throws {
    let one = Session.writing(database)
    try set(one, 1, 11)
    #expect(throws: DatabaseError.self) {
      try database.write(timeoutMilliseconds: 20) { try Self.insert($0, 9, 90) }
    }
    try one.commit()
    #expect(try final() == [11, 20])
  }
}
