import CareFS
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// What stands at a name that the engine is about to use.
enum Planted: String, CaseIterable, Sendable {
  case danglingLink, linkToVictim, pipe, hardLink, folder, foreignFile, ownLogLinked

  /// Puts it there. The victim lies in a folder of its own.
  func plant(at path: String, victim: String) throws {
    let files = FileManager.default
    switch self {
    case .danglingLink:
      try files.createSymbolicLink(atPath: path, withDestinationPath: victim + "-not-there")
    case .linkToVictim: try files.createSymbolicLink(atPath: path, withDestinationPath: victim)
    case .pipe: #expect(mkfifo(path, 0o666) == 0)
    case .hardLink, .ownLogLinked: try files.linkItem(atPath: victim, toPath: path)
    case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .foreignFile: try Data("not of CareFS".utf8).write(to: URL(fileURLWithPath: path))
    }
  }
}

/// Links, pipes and folders at the names of the log and of compact's files: an error, never a hang,
/// and what they lead to stays as it is.
@Suite(.timeLimit(.minutes(2))) struct PlantedNameTests {
  enum Operation: String, CaseIterable, Sendable {
    case create, open, firstWrite, compact, read
  }

  /// A database, something at one of its names, and a victim elsewhere.
  private final class Trap {
    let bench: Bench
    let victim: String
    let before: [UInt8]
    let name: String

    init(_ planted: Planted, at suffix: String) throws {
      bench = try Bench()
      let folder = bench.folder + "/elsewhere"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      victim = folder + "/victim"
      name = bench.path + suffix
      if planted == .ownLogLinked {
        // A log that is sound and of this very database.
        let db = try bench.create()
        try Bench.insert(1...5, into: db)
        before = try #require(bench.bytes(bench.path + "-wal"))
        try db.close()
        try FileManager.default.removeItem(atPath: bench.path)
      } else {
        before = Array("a file of somebody else\n".utf8)
      }
      try Data(before).write(to: URL(fileURLWithPath: victim))
    }

    func expectUntouched(_ what: Comment) {
      #expect(bench.bytes(victim) == before, what)
      #expect(!FileManager.default.fileExists(atPath: victim + "-not-there"), what)
    }

    func clear() throws { try FileManager.default.removeItem(atPath: name) }
  }

  @Test(arguments: Planted.allCases, ["-wal", "-compact", "-compact-wal"])
  func createTakesNothingOver(planted: Planted, suffix: String) throws {
    let trap = try Trap(planted, at: suffix)
    try planted.plant(at: trap.name, victim: trap.victim)
    let failure = Bench.failure {
      let db = try trap.bench.create()
      try Bench.insert(1...20, into: db)
      try db.close()
    }
    trap.expectUntouched("\(planted) at \(suffix)")
    if suffix == "-wal" {
      #expect(failure?.code == .exists, "\(String(describing: failure))")
      #expect(!FileManager.default.fileExists(atPath: trap.bench.path))
    } else {
      #expect(failure == nil)
      try trap.bench.expectRows(20)
    }
    trap.expectUntouched("\(planted) at \(suffix), opened again")
  }

  /// The log's name is taken before the database is opened, or between that and the first write.
  @Test(arguments: Planted.allCases, [false, true])
  func theFirstWriteTakesNothingOver(planted: Planted, isOpen: Bool) throws {
    let trap = try Trap(planted, at: "-wal")
    try trap.bench.fill()
    let opened = isOpen ? try trap.bench.open() : nil
    try planted.plant(at: trap.name, victim: trap.victim)
    let failure = Bench.failure {
      let db = try opened ?? trap.bench.open()
      try Bench.insert(21...30, into: db)
    }
    // A file that begins as no log does is taken for one whose creation was cut short.
    let mayPass = planted == .foreignFile && !isOpen
    #expect(mayPass || failure != nil, "a write went on beside \(planted)")
    #expect(failure?.code != .misuse, "\(String(describing: failure))")
    trap.expectUntouched("\(planted)")
    try? trap.clear()
    if let opened {
      // With the name free again the same handle goes on.
      try Bench.insert(21...30, into: opened)
      try opened.close()
      try trap.bench.expectRows(30)
    } else {
      try trap.bench.expectRows(mayPass ? 30 : 20)
    }
    trap.expectUntouched("\(planted), afterwards")
  }

  @Test(arguments: Planted.allCases, ["-wal", "-compact", "-compact-wal"])
  func compactTakesNothingOver(planted: Planted, suffix: String) throws {
    let trap = try Trap(planted, at: suffix)
    try trap.bench.fill()
    try planted.plant(at: trap.name, victim: trap.victim)
    let failure = Bench.failure {
      _ = try Database.compact(path: trap.bench.path, options: Bench.options())
    }
    let mayPass = planted == .foreignFile && suffix == "-wal"
    #expect(mayPass || failure != nil, "compact went on beside \(planted)")
    #expect(failure?.code != .misuse, "\(String(describing: failure))")
    trap.expectUntouched("\(planted) at \(suffix)")
    try? trap.clear()
    _ = try Database.compact(path: trap.bench.path, options: Bench.options())
    try trap.bench.expectRows(20)
    trap.expectUntouched("\(planted) at \(suffix), afterwards")
    #expect(trap.bench.names == ["clinic.carefs", "elsewhere"])
  }

  /// A log that was put under a name of compact while it runs.
  @Test(arguments: Planted.allCases)
  func compactTakesNothingOverWhileItRuns(planted: Planted) throws {
    let trap = try Trap(planted, at: "-wal")
    try trap.bench.fill()
    var isPlanted = false
    let failure = Bench.failure {
      _ = try Database.compact(path: trap.bench.path, options: Bench.options()) { _ in
        if !isPlanted {
          try? FileManager.default.removeItem(atPath: trap.name)
          try planted.plant(at: trap.name, victim: trap.victim)
        }
        isPlanted = true
      }
    }
    #expect(failure?.code != .misuse, "\(String(describing: failure))")
    trap.expectUntouched("\(planted)")
    try? trap.clear()
    try trap.bench.expectRows(20)
  }

  /// Reading neither waits nor follows.
  @Test(arguments: Planted.allCases)
  func readingFollowsNothing(planted: Planted) throws {
    let trap = try Trap(planted, at: "-wal")
    try trap.bench.fill()
    try planted.plant(at: trap.name, victim: trap.victim)
    let failure = Bench.failure {
      let db = try trap.bench.open(readOnly: true)
      #expect(try db.read { try $0.count("patients") } == 20)
      try db.close()
    }
    #expect(failure?.code != .misuse, "\(String(describing: failure))")
    trap.expectUntouched("\(planted)")
  }

  /// What a crash left of a compaction goes; what is not of this database stays.
  @Test func onlyOwnLeftoversAreRemoved() throws {
    let bench = try Bench()
    try bench.fill()
    let files = FileManager.default
    try files.copyItem(atPath: bench.path, toPath: bench.path + "-compact")
    try bench.expectRows(20)
    #expect(bench.names == ["clinic.carefs"])
    let other = try Bench()
    try other.fill()
    try files.copyItem(atPath: other.path, toPath: bench.path + "-compact")
    try bench.expectRows(20)
    #expect(bench.names == ["clinic.carefs", "clinic.carefs-compact"])
    let failure = Bench.failure {
      _ = try Database.compact(path: bench.path, options: Bench.options())
    }
    #expect(failure?.code == .exists)
    #expect(bench.bytes(bench.path + "-compact") == other.bytes(other.path))
    try bench.expectRows(20)
  }
}
