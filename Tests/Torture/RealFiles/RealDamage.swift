import CareFS
import CareFSTestSupport
import Foundation

/// Real files that are cut at each sector, extended, emptied, or something else altogether (F12).
struct RealDamage {
  let folder: RealFolder
  let count: FaultCount

  func run() throws {
    for isClosed in [false, true] {
      let (pages, log, last) = try make(isClosed: isClosed)
      for (name, bytes, isLog) in [("pages", pages, false), ("log", log, true)] {
        guard let bytes else { continue }
        func look(_ changed: [UInt8]?, _ what: String) throws {
          try put(isLog ? pages : changed, isLog ? changed : log)
          judge(last, "the \(name) \(what), \(isClosed ? "closed" : "left open")")
        }
        let step = 512 * max(1, bytes.count / 512 / 150)
        for length in stride(from: 0, to: bytes.count, by: step) {
          try look(Array(bytes[..<length]), "cut to \(length) of \(bytes.count)")
        }
        for extra in [1, 511, 512, 4096, 70_000] {
          try look(bytes + Self.noise(extra), "with \(extra) bytes of noise behind")
        }
        try look(Self.noise(bytes.count), "replaced by noise")
        try look(nil, "missing")
        for kind in Stranger.allCases {
          try put(pages, log)
          try kind.put(at: path + (isLog ? "-wal" : ""), folder.path)
          judge(last, "a \(kind) in the place of the \(name)")
          try? FileManager.default.removeItem(atPath: path + (isLog ? "-wal" : ""))
        }
      }
    }
    for _ in 0..<10 {
      for bytes in [nil, [], Self.noise(20_000)] as [[UInt8]?] {
        count.add(try replaced(by: bytes).map { "replaced while open: \($0)" })
      }
    }
    folder.remove("damage")
  }

  private var path: String { folder.database("damage") }

  private enum Stranger: CaseIterable {
    case folder, pipe, link, deadLink

    func put(at path: String, _ folder: String) throws {
      let files = FileManager.default
      try? files.removeItem(atPath: path)
      switch self {
      case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      case .pipe: mkfifo(path, 0o600)
      case .link: try files.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
      case .deadLink:
        try files.createSymbolicLink(atPath: path, withDestinationPath: folder + "/nothing")
      }
    }
  }

  /// The files of a ledger, and its last transaction.
  private func make(isClosed: Bool) throws -> (pages: [UInt8]?, log: [UInt8]?, last: Int64) {
    folder.remove("damage")
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    var ledger = try Ledger(after: 0)
    while ledger.last < 60 { try ledger.perform(in: db) }
    if isClosed { try db.close() }
    let files = (RealFolder.bytes(path), RealFolder.bytes(path + "-wal"), ledger.last)
    try db.close()
    folder.remove("damage")
    return files
  }

  private func put(_ pages: [UInt8]?, _ log: [UInt8]?) throws {
    try RealFolder.put(pages, path)
    try RealFolder.put(log, path + "-wal")
  }

  private func judge(_ last: Int64, _ what: String) {
    let before = FileManager.default.contents(atPath: "/etc/passwd")
    for readOnly in [true, false] {
      let problem = LedgerCheck.problem(
        path, acknowledged: 0, begun: last, readOnly: readOnly, mustOpen: false)
      count.add(problem.map { "\(what): \($0)" })
    }
    if FileManager.default.contents(atPath: "/etc/passwd") != before {
      count.add("\(what): a file elsewhere was written to")
    }
  }

  /// The open file is taken away from its name: no commit is acknowledged, and what stands there now is
  /// not touched.
  private func replaced(by bytes: [UInt8]?) throws -> String? {
    folder.remove("damage")
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    var ledger = try Ledger(after: 0)
    while ledger.last < 5 { try ledger.perform(in: db) }
    let other = path + ".new"
    if let bytes {
      try RealFolder.put(bytes, other)
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: other, toPath: path)
    } else {
      try FileManager.default.removeItem(atPath: path)
    }
    do {
      try ledger.perform(in: db)
      return "a commit was acknowledged"
    } catch is DatabaseError {}
    try? db.close()
    return RealFolder.bytes(path) == bytes ? nil : "the new file was written to"
  }

  private static func noise(_ count: Int) -> [UInt8] {
    var random = SeededRandom(UInt64(count) &+ 11)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}
