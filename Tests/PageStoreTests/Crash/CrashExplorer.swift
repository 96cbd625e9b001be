import CareFSTestSupport
import Testing

@testable import PageStore

/// Runs workloads, crashes them at every operation in many ways, and holds what recovery finds
/// against the model.
struct CrashExplorer {
  var images = 0
  var failures = 0
  /// Every n-th image is crashed again at every operation of its recovery.
  var nestEvery = 0
  private(set) var nestedImages = 0
  private var seen: Set<UInt64> = []
  private var sinceNested = 0

  /// How much is tried; `CAREFS_ROUNDS` multiplies it for long runs.
  static let rounds = testRounds()

  mutating func explore(_ workload: Workload) throws {
    let scenario = try workload.run()
    let timeline = scenario.timeline
    seen.removeAll(keepingCapacity: true)
    for operation in 0...scenario.files.operationCount {
      let items = scenario.files.unsyncedItems(after: operation).count
      for survival in Self.survivals(items, seed: UInt64(operation), rounds: Self.rounds) {
        let image = scenario.files.crash(after: operation, keeping: survival)
        let allowed = timeline.allowed(after: operation)
        let key = image.fingerprint ^ UInt64(bitPattern: Int64(allowed?.lowerBound ?? -1))
        guard seen.insert(key).inserted else { continue }
        images += 1
        let label = "\(workload.name): crash after \(operation), \(survival)"
        let after = check(image, timeline, allowed, label, options: scenario.options)
        sinceNested += 1
        if let after, nestEvery > 0, sinceNested >= nestEvery {
          sinceNested = 0
          nest(after, label)
        }
      }
    }
  }

  /// Crashes a workload while pages are written in place, and tears them.
  mutating func exploreTornPages(_ scenario: Scenario, every step: Int) throws {
    for operation in stride(from: 1, through: scenario.files.operationCount, by: step) {
      guard case .write(Scenario.path, let offset, _) = scenario.files.operation(operation),
        offset >= 2 * scenario.options.pageSize
      else { continue }
      for survival in [Survival.everything, .tornLast(.garbage(3)), .torn(UInt64(operation))] {
        images += 1
        _ = check(
          scenario.files.crash(after: operation, keeping: survival), scenario.timeline,
          scenario.timeline.allowed(after: operation), "crash after \(operation), \(survival)",
          options: scenario.options)
      }
    }
  }

  /// Crashes recovery, and the commit after it, at every operation.
  private mutating func nest(_ first: Scenario, _ label: String) {
    let timeline = first.timeline
    for operation in 0...first.files.operationCount {
      let items = first.files.unsyncedItems(after: operation).count
      var seenHere: Set<UInt64> = []
      for survival in Self.survivals(items, seed: 99 + UInt64(operation), rounds: 1) {
        let image = first.files.crash(after: operation, keeping: survival)
        guard seenHere.insert(image.fingerprint).inserted else { continue }
        nestedImages += 1
        _ = check(
          image, timeline, timeline.allowed(after: operation),
          "\(label); again after \(operation), \(survival)", options: first.options)
      }
    }
  }

  static func survivals(_ items: Int, seed: UInt64, rounds: Int) -> [Survival] {
    guard items > 0 else { return [.nothing] }
    if items <= 3 {
      return (0..<(1 << UInt64(items))).map { .subset($0) } + [.tornLast(.garbage(seed))]
    }
    var list: [Survival] = [
      .nothing, .everything, .prefix(items / 2), .except(items - 1), .except(0),
      .only(items - 1), .tornLast(.tornPrefix(100)), .tornLast(.garbage(seed)),
    ]
    for round in 0..<UInt64(rounds) {
      list.append(.random(seed &* 64 &+ round))
      list.append(.torn(seed &* 64 &+ round))
    }
    return list
  }

  // MARK: The oracle

  /// Opens `image`, compares, goes on with one more commit, closes and opens again.
  ///
  /// Answers the scenario that did so, or nil when the image rightly holds no store.
  mutating func check(
    _ image: SimulatedFileSystem, _ timeline: Timeline, _ allowed: ClosedRange<Int>?,
    _ label: String, options: PagerOptions
  ) -> Scenario? {
    do {
      let pager: Pager
      do throws(StoreError) {
        pager = try Pager.open(path: Scenario.path, fileSystem: image, options: options)
      } catch {
        let isExcused = [.notFound, .notADatabase, .corrupt].contains(error.code)
        if allowed == nil && isExcused { return nil }
        throw error
      }
      let range = allowed ?? 0...0
      guard let found = try Self.match(pager, timeline, range) else {
        report(label, "holds none of the states \(range) of \(timeline.steps.count)")
        return nil
      }
      let after = Scenario(
        image, seed: 1234, contents: timeline.steps[found].contents, { $0 = options })
      after.adopt(pager)
      try after.commit { writer in
        try writer.allocate(200)
        if let page = writer.contents.keys.min() { try writer.set(page, at: 500, [200, 201]) }
      }
      try after.close()
      let again = try Pager.open(path: Scenario.path, fileSystem: image, options: options)
      if try Self.match(again, after.timeline, 1...1) == nil {
        report(label, "lost the commit after recovery")
      }
      // What a tear made unrecognizable is left alone, as anything that is not ours.
      let left = image.paths.filter { $0 != Scenario.path && Self.isRecognizable(image, $0) }
      if !left.isEmpty { report(label, "left files: \(left)") }
      return after
    } catch {
      report(label, "\(error)")
      return nil
    }
  }

  /// The newest of the allowed states that the store holds; none when it is not sound.
  static func match(
    _ pager: Pager, _ timeline: Timeline, _ allowed: ClosedRange<Int>
  ) throws -> Int? {
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    let report = try pager.verifyPages(in: tx)
    guard report.isSound else {
      throw StoreError(.corrupt, "\(report.findings)")
    }
    for index in allowed.reversed() {
      let contents = timeline.steps[index].contents
      guard contents.count == report.used.count else { continue }
      if try contents.allSatisfy({ try holds(tx, $0.key, $0.value) }) { return index }
    }
    return nil
  }

  /// Whether an open store shows one of the allowed states, whatever its files look like.
  static func shows(
    _ pager: Pager, _ timeline: Timeline, _ allowed: ClosedRange<Int>
  ) throws -> Bool {
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    for index in allowed.reversed() {
      let contents = timeline.steps[index].contents
      let isSame = contents.allSatisfy { page, bytes in
        (try? holds(tx, page, bytes)) ?? false
      }
      if isSame { return true }
    }
    return false
  }

  /// Whether `page` has exactly these bytes.
  static func holds(_ tx: PageTransaction, _ page: PageNumber, _ bytes: [UInt8]) throws(StoreError)
    -> Bool
  {
    tx.enter()
    defer { tx.leave() }
    let base = try tx.page(page, kind: .tree, owner: Scenario.owner) + PageHeader.size
    let found = UnsafeRawBufferPointer(start: base, count: tx.contentEnd - PageHeader.size)
    return bytes.withUnsafeBytes { sameBytes($0, found) }
  }

  private static func isRecognizable(_ files: SimulatedFileSystem, _ path: String) -> Bool {
    guard let bytes = files.contents(of: path), bytes.count >= 8 else { return true }
    let magic = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
    return magic == LogFormat.segmentMagic || bytes[..<512].allSatisfy { $0 == 0 }
      || bytes.count >= 48 && Array(bytes[32..<48]) == FileHeader.magic
  }

  mutating func report(_ label: String, _ problem: String) {
    failures += 1
    if failures <= 20 { Issue.record("\(label): \(problem)") }
  }
}
