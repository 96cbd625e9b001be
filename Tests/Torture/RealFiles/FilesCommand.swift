import ArgumentParser
import CareFS
import Foundation

/// `CareTorture files`.
struct FilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "Troubles of real files and processes (F1, F12, F14, F15, F18).",
    discussion: """
      Interrupted and short system calls, files that are cut, extended or replaced, second openers, \
      copies of a database that is being written, other users, umasks and folders that may only be \
      read. A failure names the place.
      """)

  @Option(help: "Only this class: F1, F12, ...")
  var only: String?

  @Option(help: "How often a database that is being written is copied.")
  var copies = 250

  @Option(help: "Each so-manieth system call is interrupted or cut short.")
  var stride = 5

  func run() throws {
    let folder = try RealFolder("files")
    let (copies, stride) = (copies, stride)
    let parts: [(String, @Sendable (RealFolder, FaultCount) throws -> Void)] = [
      ("F1", { @Sendable in try CallFaults(folder: $0, count: $1, stride: stride).run() }),
      ("F12", { @Sendable in try RealDamage(folder: $0, count: $1).run() }),
      ("F14", { @Sendable in try SecondOpeners(folder: $0, count: $1).run() }),
      ("F15", { @Sendable in try HotCopies(folder: $0, count: $1, wanted: copies).run() }),
      ("F18", { @Sendable in try Surroundings(folder: $0, count: $1).run() }),
    ]
    try run(parts.filter { only == nil || $0.0 == only }, in: folder)
  }

  private func run(
    _ parts: [(String, @Sendable (RealFolder, FaultCount) throws -> Void)], in folder: RealFolder
  ) throws {
    let counts = parts.map { FaultCount($0.0) }
    Workers.run(parts.count, threads: 2) { index in
      let began = ContinuousClock.now
      do { try parts[index].1(folder, counts[index]) } catch { counts[index].add("\(error)") }
      print("  \(parts[index].0) took \(ContinuousClock.now - began)")
    }
    for count in counts { count.print() }
    guard counts.allSatisfy(\.isGood) else { throw ExitCode.failure }
  }
}

/// A folder that goes with the object, for databases of tests on the real file system.
final class RealFolder: Sendable {
  let path: String

  init(_ name: String) throws {
    path =
      FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("carefs-\(name)-\(ProcessInfo.processInfo.processIdentifier)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Where a database of this name is.
  func database(_ name: String) -> String { "\(path)/\(name).carefs" }

  /// Removes a database and its log.
  func remove(_ name: String) {
    for suffix in ["", "-wal", "-compact", "-compact-wal"] {
      try? FileManager.default.removeItem(atPath: database(name) + suffix)
    }
  }

  /// The bytes of a file; nil when there is none.
  static func bytes(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) }
  }

  /// Writes or, with nil, removes a file.
  static func put(_ bytes: [UInt8]?, _ path: String) throws {
    try? FileManager.default.removeItem(atPath: path)
    if let bytes { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
  }
}

/// Opens a ledger's file and compares it with what it may hold.
enum LedgerCheck {
  /// What is wrong; nil when the file shows the state after one of its transactions, from
  /// `acknowledged` to `begun`, or says that it does not open. `mustOpen` allows no refusal.
  static func problem(
    _ path: String, acknowledged: Int64, begun: Int64, readOnly: Bool = false, mustOpen: Bool
  ) -> String? {
    var options = WorkerCommand.options
    options.readOnly = readOnly
    do {
      let db = try Database.open(path: path, options: options)
      defer { try? db.close() }
      return try Ledger.problem(in: db, acknowledged: acknowledged, begun: begun)
    } catch let error as DatabaseError {
      let refusals: [DatabaseError.Code] = [
        .corrupt, .notADatabase, .notFound, .busy, .newerFormat, .tooLarge,
      ]
      return refusals.contains(error.code) && !mustOpen ? nil : "\(error.code): \(error.message)"
    } catch { return "\(error)" }
  }
}
