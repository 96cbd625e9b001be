import CareFS
import CareFSTestSupport
import Foundation

/// Copies of a database that another process is writing, made file by file at any moment (F15): what
/// opens shows the state after one of the transactions, and one that was not yet acknowledged only if
/// it was begun; what does not open says why. Where the log was copied first, the copy may mix two
/// moments: then `check` says so. Where the file was closed meanwhile, pages may be newer than a header
/// that needs no log: then each is refused as such, and `check` names it.
struct HotCopies {
  let folder: RealFolder
  let count: FaultCount
  let wanted: Int

  private static let copiesOfOneFile = 25

  func run() throws {
    var opened = [0, 0]
    var found = 0
    var random = SeededRandom(15)
    for file in 0..<(wanted + Self.copiesOfOneFile - 1) / Self.copiesOfOneFile {
      try copy(file, &random, &opened, &found)
    }
    print(
      "  of \(wanted) copies, \(opened[0]) made pages first and \(opened[1]) log first were refused "
        + "or in the state after a commit; check found \(found) to be of more than one moment")
  }

  private func copy(
    _ file: Int, _ random: inout SeededRandom, _ opened: inout [Int], _ found: inout Int
  ) throws {
    let source = folder.database("hot")
    let target = folder.database("copy")
    folder.remove("hot")
    var arguments = ["worker", source, "--pause", "300"]
    let isClosedMeanwhile = file % 3 == 2
    if isClosedMeanwhile { arguments += ["--compact-every", "40"] }
    let worker = try Child(arguments)
    let told = Acknowledged(worker)
    defer {
      _ = worker.kill()
      folder.remove("hot")
      folder.remove("copy")
    }
    for number in 0..<Self.copiesOfOneFile {
      usleep(UInt32(random.below(20_000)))
      let acknowledged = told.last
      let pagesFirst = random.below(2) == 0
      folder.remove("copy")
      for suffix in pagesFirst ? ["", "-wal"] : ["-wal", ""] {
        try Self.copy(source + suffix, to: target + suffix, random.below(3) == 0)
        if random.below(2) == 0 { usleep(UInt32(random.below(15_000))) }
      }
      let readOnly = random.below(2) == 0
      let what = "file \(file), copy \(number), \(pagesFirst ? "pages" : "log") first"
      var problem = LedgerCheck.problem(
        target, acknowledged: max(acknowledged, 0), begun: .max, readOnly: readOnly,
        mustOpen: false)
      if problem == nil { opened[pagesFirst ? 0 : 1] += 1 }
      if let said = problem, said.hasPrefix("check found"),
        !pagesFirst || isClosedMeanwhile && said.contains("is newer than the log")
      {
        found += 1
        problem = nil
      }
      count.add(problem.map { "\(what): \($0)" })
    }
  }

  /// As `cp` does, 128 KiB at a time, or with a pause now and then.
  private static func copy(_ from: String, to target: String, _ isSlow: Bool) throws {
    guard let input = FileHandle(forReadingAtPath: from) else { return }
    defer { try? input.close() }
    _ = FileManager.default.createFile(atPath: target, contents: nil)
    guard let output = FileHandle(forWritingAtPath: target) else { return }
    defer { try? output.close() }
    while let part = try input.read(upToCount: isSlow ? 16 << 10 : 128 << 10), !part.isEmpty {
      try output.write(contentsOf: part)
      if isSlow { usleep(300) }
    }
  }
}

/// Listens to what a worker acknowledges.
final class Acknowledged: Sendable {
  private let number = Guarded<Int64>(-1)

  init(_ worker: Child) {
    let number = number
    worker.listen { line in
      if let value = Int64(line) { number.withLock { $0 = value } }
    }
  }

  /// The last transaction that was acknowledged; -1 before the first word.
  var last: Int64 { number.withLock { $0 } }
}
