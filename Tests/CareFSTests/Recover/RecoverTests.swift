import CareFS
import CareFSTestSupport
import PageStore
import Testing

/// `recover` saves what can be read, says what is lost, and never makes anything up.
@Suite struct RecoverTests {
  private static let wreck = Result { try Wreck() }
  private static let unclosed = Result { try Wreck(closes: false) }

  private func expectNothingInvented(
    _ outcome: Wreck.Outcome, _ wreck: Wreck, _ what: String = ""
  ) {
    for (table, lines) in outcome.lines {
      #expect(lines.isSubset(of: wreck.lines[table, default: []]), "\(what) \(table)")
    }
  }

  private func rows(_ report: RecoverReport) -> Int {
    report.tables.reduce(0) { $0 + $1.saved + $1.refused + Int($1.lost) }
  }

  @Test func aSoundFileIsSavedWhole() throws {
    let wreck = try Self.wreck.get()
    let outcome = try wreck.recover { _ in }
    #expect(outcome.report.isComplete)
    #expect(outcome.report.notes.isEmpty)
    #expect(outcome.lines == wreck.lines)
    #expect(outcome.files.contents(of: "saved.carefs-salvage") == nil)
  }

  @Test func whatOnlyTheLogHoldsIsSaved() throws {
    let wreck = try Self.unclosed.get()
    let outcome = try wreck.recover { _ in }
    #expect(outcome.report.isComplete)
    #expect(outcome.lines == wreck.lines)
  }

  @Test func theDamagedFileStaysAsItIs() throws {
    let wreck = try Self.wreck.get()
    var before: [UInt8]?
    let outcome = try wreck.recover { files in
      Wreck.spoil(20, files)
      before = files.contents(of: Wreck.path)
    }
    #expect(outcome.files.contents(of: Wreck.path) == before)
  }

  @Test func anyOnePageMayBeLost() throws {
    let wreck = try Self.wreck.get()
    #expect(wreck.pageCount > 40)
    var complete = 0
    var handedOut = 0
    for page in 2..<wreck.pageCount where page != Int(Pager.firstPage) {
      let outcome = try wreck.recover { Wreck.spoil(page, $0) }
      expectNothingInvented(outcome, wreck, "page \(page)")
      #expect(rows(outcome.report) == wreck.rowCount, "page \(page)")
      if outcome.report.isComplete {
        complete += 1
        #expect(outcome.lines == wreck.lines, "page \(page)")
      }
      let lost = outcome.report.tables.first { $0.name == "patients" }?.lost ?? 0
      if lost > 0 { try expectOrphansHandedOut(outcome, wreck, patients: Int(lost)) }
      handedOut += outcome.refused.count
    }
    // Inner nodes and indexes hold nothing that the leaves do not.
    #expect(complete > 10)
    #expect(complete < wreck.pageCount - 10)
    #expect(handedOut >= wreck.lines["patients", default: []].count * 2)
  }

  /// Each patient has one note and one visit, and its key is not given out again.
  private func expectOrphansHandedOut(
    _ outcome: Wreck.Outcome, _ wreck: Wreck, patients: Int
  ) throws {
    #expect(outcome.refused.count == patients * 2)
    for refusal in outcome.refused {
      #expect(refusal.reason.contains("there is no such row in patients"))
      #expect(wreck.lines[refusal.table]?.contains(refusal.row) == true)
    }
    let saved = try Database.open(path: "saved.carefs", options: Wreck.options(outcome.files))
    let key = try saved.write { try $0.insert(into: "patients", Clinic.patient(999)) }
    #expect(key == [.int(Int64(wreck.lines["patients", default: []].count + 1))])
    try saved.close()
  }

  @Test func bothHeadersMayBeLost() throws {
    for wreck in [try Self.wreck.get(), try Self.unclosed.get()] {
      let outcome = try wreck.recover { files in
        for page in 0...1 { files.flip(Wreck.path, at: page * Wreck.pageSize + 300, mask: 1) }
      }
      #expect(outcome.lines == wreck.lines)
      #expect(outcome.report.notes.contains { $0.contains("both copies of the file header") })
    }
  }

  @Test func theHeadersMayBeZeroWhileThereIsALog() throws {
    let wreck = try Self.unclosed.get()
    let outcome = try wreck.recover { files in
      var bytes = files.contents(of: Wreck.path) ?? []
      bytes.replaceSubrange(
        0..<2 * Wreck.pageSize, with: repeatElement(0, count: 2 * Wreck.pageSize))
      files.setContents(of: Wreck.path, bytes)
    }
    #expect(outcome.lines == wreck.lines)
  }

  @Test func aDamagedMapLeavesDoubts() throws {
    let wreck = try Self.wreck.get()
    let outcome = try wreck.recover { Wreck.spoil(2, $0) }
    expectNothingInvented(outcome, wreck)
    #expect(outcome.report.hasDoubts)
    #expect(outcome.lines == wreck.lines)
  }

  @Test func theCommitsBehindADamagedOneAreSaved() throws {
    let wreck = try Self.unclosed.get()
    let size = wreck.files.contents(of: Wreck.log)?.count ?? 0
    var most = 0
    // The first group is the catalog's.
    for place in stride(from: 5000 + 4 * 4096, to: size, by: 2 * 4096) {
      let outcome = try wreck.recover { $0.flip(Wreck.log, at: place, mask: 4) }
      expectNothingInvented(outcome, wreck, "byte \(place)")
      // After a gap a row may be there as it was before a change, and this one has no updates.
      #expect(outcome.report.hasDoubts || outcome.lines == wreck.lines)
      most = max(most, outcome.report.tables.reduce(0) { $0 + $1.saved })
    }
    #expect(most > wreck.rowCount / 2)
  }

  @Test func aMissingLogIsSaidToBeMissing() throws {
    let wreck = try Self.unclosed.get()
    #expect(throws: DatabaseError.self) {
      // Nothing was ever checkpointed: not even the catalog is left.
      try wreck.recover { $0.setContents(of: Wreck.log, nil) }
    }
  }

  @Test func withoutACatalogNothingCanBeTold() throws {
    let wreck = try Self.wreck.get()
    let error = #expect(throws: DatabaseError.self) {
      try wreck.recover { Wreck.spoil(Int(Pager.firstPage), $0) }
    }
    #expect(error?.code == .corrupt)
  }

  @Test func anExistingFileIsLeftAlone() throws {
    let wreck = try Self.wreck.get()
    let error = #expect(throws: DatabaseError.self) {
      try wreck.recover { $0.setContents(of: "saved.carefs", [1, 2, 3]) }
    }
    #expect(error?.code == .exists)
  }

  @Test func whatIsNoDatabaseIsRefused() throws {
    let files = SimulatedFileSystem()
    files.setContents(of: Wreck.path, Array(repeating: 65, count: 20_000))
    let error = #expect(throws: DatabaseError.self) {
      try Database.recover(
        path: Wreck.path, into: "saved.carefs", options: Wreck.options(files))
    }
    #expect(error?.code == .notADatabase)
    #expect(files.contents(of: "saved.carefs") == nil)
  }

  @Test func anEndedRecoveryLeavesNothingBehind() throws {
    struct Enough: Error {}
    let wreck = try Self.wreck.get()
    let files = wreck.files.copy()
    var events = RecoverEvents()
    events.progress = { what, rows in if what == "visits" && rows > 0 { throw Enough() } }
    #expect(throws: Enough.self) {
      try Database.recover(
        path: Wreck.path, into: "saved.carefs", options: Wreck.options(files), events: events)
    }
    for name in ["saved.carefs", "saved.carefs-wal", "saved.carefs-salvage"] {
      #expect(files.contents(of: name) == nil)
    }
  }
}
