import CareFSTestSupport

/// Cuts the power of one workload at every operation in every way, and follows what is left.
///
/// One thread uses it.
struct ImageExplorer {
  let workload: Workload
  let tally: ImageTally
  /// Random survivals per operation, beside the systematic ones.
  var rounds = 2
  /// Every so many images are cut again at every operation of their recovery; 0 is none.
  var nestEvery = 0
  /// Only every so-manieth image is followed.
  var sample = 1
  private var met = 0
  /// Images since the last that was cut again, by how often they were cut themselves.
  private var sinceNested = [0, 0, 0]
  /// Images with the oldest state that was allowed.
  private var seen: Set<UInt64> = []

  init(_ workload: Workload, _ tally: ImageTally) {
    self.workload = workload
    self.tally = tally
  }

  /// Explores the whole workload, until `isOver`.
  mutating func explore(until isOver: () -> Bool = { false }) {
    let run: CrashRun
    let start: Int
    do { (run, start) = try workload.run() } catch {
      tally.fail(workload.name, "--workload \(workload.name): the work itself failed: \(error)")
      return
    }
    for operation in start...run.files.operationCount {
      let items = run.files.unsyncedItems(after: operation)
      let allowed = run.timeline.allowed(after: operation)
      for survival in CrashSurvival.all(items.count, seed: UInt64(operation), rounds: rounds)
      where isChosen() {
        if isOver() { return }
        let image = run.files.crash(after: operation, keeping: survival.survival(of: items))
        follow(image, allowed, [(operation, survival)], kinds(of: items, survival))
      }
    }
  }

  /// Cuts where the steps say, each in the recovery after the one before, and answers what is wrong.
  func replay(_ steps: [(operation: Int, survival: CrashSurvival)]) throws -> String? {
    var (run, _) = try workload.run()
    for (level, step) in steps.enumerated() {
      let items = run.files.unsyncedItems(after: step.operation)
      let image = run.files.crash(
        after: step.operation, keeping: step.survival.survival(of: items))
      let allowed = run.timeline.allowed(after: step.operation)
      do {
        try ImageCheck.requireCopy(of: image, allowed)
        guard
          let next = try ImageCheck.run(image, workload, allowed, level: UInt64(level))
        else { return nil }
        run = next
      } catch { return "\(error)" }
    }
    return nil
  }

  private mutating func isChosen() -> Bool {
    met += 1
    return met % sample == 0
  }

  private mutating func follow(
    _ image: SimulatedFileSystem, _ allowed: CrashTimeline.Allowed,
    _ steps: [(operation: Int, survival: CrashSurvival)], _ kinds: [FaultCount]
  ) {
    let fingerprint = image.fingerprint
    let isNew = tally.see(fingerprint)
    let key = fingerprint ^ (UInt64(bitPattern: Int64(allowed.oldest + 2)) &* 0x9E37_79B9)
    // Inside a recovery what is allowed differs from image to image.
    guard seen.insert(key).inserted || (steps.count > 1 && isNew) else { return }
    let clock = ContinuousClock()
    let began = clock.now
    do {
      try ImageCheck.requireCopy(of: image, allowed)
      let run = try ImageCheck.run(image, workload, allowed, level: UInt64(steps.count - 1))
      let time = began.duration(to: clock.now)
      tally.count(cuts: steps.count, isMissing: run == nil, time)
      for kind in kinds { kind.add() }
      if time > .seconds(20) { tally.fail(workload.name, "\(line(steps)): took \(time)") }
      sinceNested[steps.count - 1] += 1
      // Two deep is the end.
      if let run, nestEvery > 0, steps.count <= 2,
        sinceNested[steps.count - 1] >= nestEvery
      {
        sinceNested[steps.count - 1] = 0
        nest(run, steps)
      }
    } catch {
      tally.count(cuts: steps.count, isMissing: false, .zero)
      for kind in kinds { kind.add(line(steps)) }
      tally.fail(workload.name, "\(line(steps)): \(error)")
    }
  }

  /// Cuts the recovery, and what came after it, at every operation.
  private mutating func nest(
    _ run: CrashRun, _ steps: [(operation: Int, survival: CrashSurvival)]
  ) {
    for operation in 0...run.files.operationCount {
      let items = run.files.unsyncedItems(after: operation)
      let allowed = run.timeline.allowed(after: operation)
      for survival in CrashSurvival.few(items.count, seed: UInt64(operation)) where isChosen() {
        let image = run.files.crash(after: operation, keeping: survival.survival(of: items))
        follow(image, allowed, steps + [(operation, survival)], kinds(of: items, survival))
      }
    }
  }

  /// The classes of faults that a cut is made of: the cut itself, torn sectors, sizes and names.
  private func kinds(of items: [UnsyncedItem], _ survival: CrashSurvival) -> [FaultCount] {
    var kinds = [tally.cuts]
    if survival.isTorn { kinds.append(tally.tears) }
    var hasSize = false
    var hasName = false
    for item in items {
      switch item.kind {
      case .size: hasSize = true
      case .name: hasName = true
      case .sector: break
      }
    }
    if hasSize { kinds.append(tally.sizes) }
    if hasName { kinds.append(tally.names) }
    return kinds
  }

  /// What replays a failure.
  private func line(_ steps: [(operation: Int, survival: CrashSurvival)]) -> String {
    var line = "--workload \(workload.name)"
    for (place, step) in steps.enumerated() {
      line +=
        place == 0
        ? " --operation \(step.operation) --survival \(step.survival)"
        : " --again \(step.operation):\(step.survival)"
    }
    return line
  }
}
