import CareFS
import CareFSTestSupport
import PageStore
import Synchronization

/// Damage to whole files, full disks and jumping clocks, for one workload.
struct FileFaults {
  let workload: Workload
  /// Every so many places are tried.
  var stride = 1

  static let log = CrashRun.path + "-wal"

  // MARK: F9

  /// Pages that stand in each other's places, whole and sound: nothing that is read of them may be
  /// taken for data.
  func exchanges(_ count: FaultCount) throws {
    let (run, _) = try workload.run()
    try run.close()
    guard let bytes = run.files.contents(of: CrashRun.path) else { return }
    let pages = bytes.count / 4096
    let states = run.timeline.allowedNow.states
    for first in Swift.stride(from: 2, to: pages - 1, by: stride) {
      for second in [first + 1, first + 2, pages - 1] where second > first && second < pages {
        var changed = bytes
        let (a, b) = (first * 4096, second * 4096)
        changed.replaceSubrange(a..<a + 4096, with: bytes[b..<b + 4096])
        changed.replaceSubrange(b..<b + 4096, with: bytes[a..<a + 4096])
        let image = run.files.copy()
        image.setContents(of: CrashRun.path, changed)
        count.add(label(shown(image, states), "pages \(first) and \(second) exchanged"))
      }
    }
  }

  /// What files show that they should not: errors are right.
  private func shown(_ image: SimulatedFileSystem, _ states: [ModelDatabase]) -> String? {
    do {
      let database = try Database.open(
        path: CrashRun.path, options: CrashRun.options(image, seed: 77))
      defer { try? database.close() }
      var difference: String?
      for state in states {
        difference = try state.difference(from: database, by: .scan)
        if difference == nil { return nil }
      }
      return difference
    } catch let error as DatabaseError {
      let isTyped = [.corrupt, .notADatabase].contains(error.code)
      return isTyped ? nil : "\(error.code): \(error.message)"
    } catch { return "\(error)" }
  }

  // MARK: F12

  /// Files that are cut, grown, emptied, replaced by noise, or replaced while open.
  func cuts(_ count: FaultCount) throws {
    for isClosed in [false, true] {
      let (run, _) = try workload.run()
      if isClosed { try run.close() } else { run.die() }
      for path in run.files.paths {
        guard let bytes = run.files.contents(of: path) else { continue }
        let name = path == Self.log ? "log" : "pages"
        for length in Swift.stride(from: 0, to: bytes.count, by: 512 * stride) {
          let image = run.files.copy()
          image.setContents(of: path, Array(bytes[..<length]))
          count.add(label(judge(image, run), "the \(name) cut to \(length) of \(bytes.count)"))
        }
        for extra in [1, 511, 512, 4096, 70_000] {
          let image = run.files.copy()
          image.setContents(of: path, bytes + Self.noise(extra))
          count.add(label(judge(image, run), "the \(name) with \(extra) bytes of noise behind"))
        }
        let image = run.files.copy()
        image.setContents(of: path, Self.noise(bytes.count))
        count.add(label(judge(image, run), "the \(name) replaced by noise"))
      }
    }
    for replacement in [nil, [], Self.noise(20_000)] as [[UInt8]?] {
      count.add(label(try replaced(by: replacement), "the pages replaced while open"))
    }
  }

  /// The file that is open is taken away from its name: no commit may be acknowledged into it, and
  /// what stands there now is not touched.
  private func replaced(by bytes: [UInt8]?) throws -> String? {
    let (run, _) = try workload.run()
    if run.openDatabase == nil { try run.open() }
    run.files.setContents(of: CrashRun.path, bytes)
    do {
      try run.goOn(52)
      return "a commit was acknowledged"
    } catch is DatabaseError {}
    try? run.close()
    return run.files.contents(of: CrashRun.path) == bytes ? nil : "the new file was written to"
  }

  /// Files in which one copy of the header is damaged: the other one must be enough for all that was
  /// acknowledged, whichever it is.
  func headers(_ count: FaultCount) throws {
    for isClosed in [false, true] {
      let (run, _) = try workload.run()
      if isClosed { try run.close() } else { run.die() }
      guard let bytes = run.files.contents(of: CrashRun.path), bytes.count > 8192 else { continue }
      for slot in 0..<2 {
        let image = run.files.copy()
        var damaged = bytes
        damaged.replaceSubrange(slot * 4096..<(slot + 1) * 4096, with: Self.noise(4096))
        image.setContents(of: CrashRun.path, damaged)
        var problem: String?
        do {
          _ = try ImageCheck.run(image, workload, run.timeline.allowedNow, level: 11)
        } catch { problem = "\(error)" }
        count.add(label(problem, "header \(slot) damaged\(isClosed ? " after closing" : "")"))
      }
    }
  }

  // MARK: F13

  /// Logs that are missing, foreign, of another moment, doubled, or followed by noise.
  func logs(_ count: FaultCount) throws {
    let (run, start) = try workload.run()
    run.die()
    let files = run.files
    let whole = files.copy()
    guard let log = files.contents(of: Self.log) else { return }
    let without = whole.copy()
    without.setContents(of: Self.log, nil)
    count.add(label(judge(without, run, newest: true), "no log"))
    let behind = whole.copy()
    behind.setContents(of: Self.log, log + Self.noise(5_000))
    count.add(label(judge(behind, run, newest: true), "noise behind the log"))
    count.add(label(try foreign(whole, run), "a foreign log"))
    count.add(label(try otherFuture(), "the log of a copy that went its own way"))
    // The log of one moment beside the pages of another.
    let moments = Swift.stride(
      from: start, through: files.operationCount,
      by: max(1, (files.operationCount - start) / 6 * stride))
    for first in moments {
      let pages = files.crash(after: first, keeping: .everything)
      for second in moments where second != first {
        let other = files.crash(after: second, keeping: .everything)
        pages.setContents(of: Self.log, other.contents(of: Self.log))
        count.add(
          label(judge(pages.copy(), run), "pages of operation \(first), log of \(second)"))
      }
    }
    let segment = 16 << 10
    guard log.count >= 2 * segment else { return }
    for from in 0..<log.count / segment {
      for to in 0..<log.count / segment where to != from {
        var copy = log
        copy.replaceSubrange(
          to * segment..<(to + 1) * segment, with: log[from * segment..<(from + 1) * segment])
        let image = whole.copy()
        image.setContents(of: Self.log, copy)
        count.add(label(judge(image, run), "segment \(from) of the log over segment \(to)"))
      }
    }
  }

  /// A log of another database is not replayed, not written to and not removed.
  private func foreign(_ whole: SimulatedFileSystem, _ run: CrashRun) throws -> String? {
    let other = CrashRun(workload.family, seed: 777)
    try other.create()
    try other.goOn(53)
    let log = other.files.contents(of: Self.log)
    let image = whole.copy()
    image.setContents(of: Self.log, log)
    if let problem = judge(image, run, newest: true) { return problem }
    return image.contents(of: Self.log) == log ? nil : "the foreign log was changed"
  }

  /// A copy of the files was opened and written to, as the files were: its log beside their pages
  /// holds nothing for them.
  private func otherFuture() throws -> String? {
    let (run, _) = try workload.run()
    try run.close()
    let allowed = run.timeline.allowedNow
    func future(_ number: UInt64) throws -> CrashRun? {
      let made = try ImageCheck.run(
        run.files.copy(), workload, allowed, level: number, depth: .opened)
      try made?.goOn(Int(number))
      made?.die()
      return made
    }
    guard let one = try future(61), let other = try future(62) else { return nil }
    let image = one.files.copy()
    image.setContents(of: Self.log, other.files.contents(of: Self.log))
    return judge(image, one)
  }

  // MARK: F17

  /// A disk that is full at each page.
  func fullDisks(_ count: FaultCount) throws {
    let (run, _) = try workload.run()
    let most = run.files.usedBytes + (64 << 10)
    for capacity in Swift.stride(from: 0, to: most, by: 2048 * stride) {
      let sweep = FaultSweep(kind: FaultClass.loud[0], workload: workload, count: count)
      let problem = try sweep.full(capacity)
      if let problem { count.add(label(problem.problem, "room for \(capacity) bytes")) }
    }
  }

  // MARK: F18

  /// Clocks that jump: back, to the beginning and the end of time, and at random.
  func clocks(_ count: FaultCount) throws {
    for kind in 0..<4 {
      var jumping = workload
      let calls = SharedCount()
      let random = SharedRandom(UInt64(kind))
      let tuning = workload.tuning
      jumping.tuning = { pager in
        tuning(&pager)
        pager.clock = {
          let call = calls.next()
          switch kind {
          case 0: return 1_700_000_000_000_000 - Int64(call) * 3_600_000_000
          case 1: return call % 2 == 0 ? .min : .max
          case 2: return 0
          default: return Int64(bitPattern: random.next())
          }
        }
      }
      var problem: String?
      do {
        let (run, _) = try jumping.run()
        let allowed = run.timeline.allowedNow
        run.die()
        _ = try ImageCheck.run(run.files.copy(), jumping, allowed, level: 8)
      } catch { problem = "\(error)" }
      count.add(label(problem, "clock \(kind)"))
      for _ in 1..<max(1, calls.value) { count.add() }
    }
  }

  // MARK: Judging

  /// What is wrong with how damaged files are taken: they must be refused or found to be damaged, or
  /// show a state of the past as a whole; the newest, where `newest` asks for it.
  private func judge(
    _ image: SimulatedFileSystem, _ run: CrashRun, newest: Bool = false
  ) -> String? {
    var allowed = run.timeline.allowedNow
    if !newest {
      allowed.states = run.everything
      // Nothing of it was ever there, or its first pages are gone.
      allowed.mayBeMissing = true
    }
    do {
      _ = try ImageCheck.run(image, workload, allowed, level: 9)
    } catch let error as ImageCheck.Broken {
      return error.isFound ? nil : error.description
    } catch let error as DatabaseError {
      let isTyped = [.corrupt, .notADatabase, .readOnly, .notFound, .newerFormat, .io]
        .contains(error.code)
      return isTyped ? nil : "\(error.code): \(error.message)"
    } catch { return "\(error)" }
    return nil
  }

  private func label(_ problem: String?, _ what: String) -> String? {
    problem.map { "--workload \(workload.name), \(what): \($0)" }
  }

  private static func noise(_ count: Int) -> [UInt8] {
    var random = SeededRandom(UInt64(count) &+ 3)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}

/// A number that threads count up.
final class SharedCount: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  var value: Int { count.load(ordering: .relaxed) }
}
