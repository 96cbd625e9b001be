import CareFS
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// What is opened, and what becomes of a file that is moved about while it is open.
@Suite(.timeLimit(.minutes(2))) struct OpenFileTests {
  @Test func aLinkLeadsToTheSameLog() throws {
    let bench = try Bench()
    let db = try bench.create()
    try Bench.insert(1...10, into: db)
    let link = bench.folder + "/link.carefs"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.path)
    // What is only in the log is seen through the link, and no second log begins.
    let reader = try bench.open(link, readOnly: true)
    #expect(try reader.read { try $0.count("patients") } == 10)
    try reader.close()
    #expect(Bench.failure { try bench.open(link).close() }?.code == .busy)
    try db.close()
    let other = try bench.open(link)
    try Bench.insert(11...20, into: other)
    #expect(bench.names == ["clinic.carefs", "clinic.carefs-wal", "link.carefs"])
    try other.close()
    _ = try Database.compact(path: link, options: Bench.options())
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == bench.path)
    try bench.expectRows(20)
  }

  @Test func onlyRegularFilesAreOpened() throws {
    let bench = try Bench()
    let pipe = bench.folder + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let dangling = bench.folder + "/dangling"
    try FileManager.default.createSymbolicLink(
      atPath: dangling, withDestinationPath: bench.folder + "/nothing")
    for path in [pipe, bench.folder, "/dev/null", "/dev/zero", dangling] {
      for readOnly in [false, true] {
        let failure = Bench.failure { try bench.open(path, readOnly: readOnly).close() }
        #expect(failure.map { [.notADatabase, .notFound].contains($0.code) } == true, "\(path)")
        let made = Bench.failure {
          _ = try Database(
            path: path, schema: Bench.schema, options: Bench.options(readOnly: readOnly))
        }
        #expect(made != nil && made?.code != .misuse, "\(path)")
      }
      #expect(Bench.failure { _ = try Database.create(path: path, schema: Bench.schema) } != nil)
    }
    #expect(!FileManager.default.fileExists(atPath: bench.folder + "/nothing"))
  }

  @Test func aFileOfTwoNamesIsOnlyRead() throws {
    let bench = try Bench()
    try bench.fill()
    let second = bench.folder + "/second.carefs"
    try FileManager.default.linkItem(atPath: bench.path, toPath: second)
    for path in [bench.path, second] {
      let failure = Bench.failure { try bench.open(path).close() }
      #expect(failure?.code == .busy && failure?.message.contains("more than one name") == true)
      #expect(
        Bench.failure { _ = try Database.compact(path: path, options: Bench.options()) }?.code
          == .busy)
      let reader = try bench.open(path, readOnly: true)
      #expect(try reader.read { try $0.count("patients") } == 20)
      try reader.close()
    }
    try FileManager.default.removeItem(atPath: second)
    try bench.expectRows(20)
  }

  /// A second name that is made while the file is open does not open it twice.
  @Test func aSecondNameDoesNotShareTheFile() throws {
    let bench = try Bench()
    let db = try bench.create()
    try Bench.insert(1...10, into: db)
    let second = bench.folder + "/second.carefs"
    try FileManager.default.linkItem(atPath: bench.path, toPath: second)
    #expect(Bench.failure { try bench.open(second).close() }?.code == .busy)
    // Through the second name the log is not found: an error rather than an older state.
    #expect(Bench.failure { try bench.open(second, readOnly: true).close() }?.code == .corrupt)
    try Bench.insert(11...20, into: db)
    try db.close()
    try FileManager.default.removeItem(atPath: second)
    try bench.expectRows(20)
  }

  enum Fate: String, CaseIterable, Sendable {
    case removed, moved, movedWithLog, replaced, replacedWithLog
  }

  /// The next commit and checkpoint fail; what stands in the file's place and at its log's name is not
  /// touched; closing completes the file where it is.
  @Test(arguments: Fate.allCases)
  func aFileThatIsMovedWhileOpen(fate: Fate) throws {
    let bench = try Bench()
    let files = FileManager.default
    let db = try bench.create()
    try Bench.insert(1...10, into: db)
    let other = try Bench()
    let stranger = try other.create()
    try Bench.insert(1...3, into: stranger)
    let log = bench.path + "-wal"
    let moved = bench.folder + "/moved.carefs"
    if fate == .removed {
      try files.removeItem(atPath: bench.path)
    } else {
      try files.moveItem(atPath: bench.path, toPath: moved)
    }
    if fate == .movedWithLog || fate == .replacedWithLog {
      try files.moveItem(atPath: log, toPath: moved + "-wal")
    }
    if fate == .replaced || fate == .replacedWithLog {
      try files.copyItem(atPath: other.path, toPath: bench.path)
    }
    if fate == .replacedWithLog { try files.copyItem(atPath: other.path + "-wal", toPath: log) }
    let place = bench.bytes(bench.path)
    let logPlace = fate == .replacedWithLog ? bench.bytes(log) : nil

    let failure = Bench.failure { try Bench.insert(11...20, into: db) }
    #expect(failure?.code == .io && failure?.message.contains("moved, removed or replaced") == true)
    #expect(try db.read { try $0.count("patients") } == 10)
    let closing = Bench.failure { try db.close() }
    #expect(closing?.code == .io, "\(String(describing: closing))")
    #expect(bench.bytes(bench.path) == place)
    if let logPlace { #expect(bench.bytes(log) == logPlace) }

    if fate != .removed {
      let found = try bench.open(moved)
      #expect(try found.check().findings.map(\.message) == [])
      #expect(try found.read { try $0.count("patients") } == 10)
      try found.close()
    }
    if fate == .replacedWithLog { try bench.expectRows(3) }
    try stranger.close()
  }

  /// A log that is gone would take acknowledged commits with it.
  @Test(arguments: [false, true])
  func aLogThatIsTakenAway(isReplaced: Bool) throws {
    let bench = try Bench()
    let db = try bench.create()
    try Bench.insert(1...10, into: db)
    let log = bench.path + "-wal"
    try FileManager.default.removeItem(atPath: log)
    if isReplaced { try Data("another".utf8).write(to: URL(fileURLWithPath: log)) }
    let failure = Bench.failure { try Bench.insert(11...20, into: db) }
    #expect(failure?.code == .io && failure?.message.contains("clinic.carefs-wal") == true)
    try db.close()
    #expect(bench.bytes(log) == (isReplaced ? Array("another".utf8) : nil))
    if isReplaced { try FileManager.default.removeItem(atPath: log) }
    try bench.expectRows(10)
  }
}
