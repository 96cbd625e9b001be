import CareFS
import CareFSTestSupport
import PageStore

/// Makes each call of a workload fail, one run per call, and judges what became of it.
struct FaultSweep {
  let kind: FaultClass
  let workload: Workload
  let count: FaultCount
  /// Every so many places are tried.
  var stride = 1

  /// All places, once and for ever.
  func run() {
    for isForEver in kind.lasts ? [false, true] : [false] {
      // Places of small numbers are those of creation, the same in every workload.
      var nth = isForEver ? 1 + stride / 2 : 1
      while true {
        var problem: String?
        do {
          guard let outcome = try at(nth, isForEver: isForEver) else { break }
          problem = outcome.problem
        } catch { problem = "\(error)" }
        if problem != nil, kind.isUndetectable {
          count.addUnfound()
          nth += stride
          continue
        }
        count.add(
          problem.map {
            "--only \(kind.name) --call \(kind.call) --workload \(workload.name) --nth \(nth)"
              + "\(isForEver ? " --for-ever" : "")\(kind.isSilent ? " --silent" : ""): \($0)"
          })
        nth += stride
      }
    }
  }

  /// What came of one fault.
  struct Outcome {
    var problem: String?
  }

  /// Runs the workload with one fault; nil when it has no such place.
  func at(_ nth: Int, isForEver: Bool) throws -> Outcome? {
    let fault = kind.fault(nth: nth, isForEver: isForEver)
    switch kind.moment {
    case .work: return try working(fault)
    case .reading: return try reading(fault)
    }
  }

  private func working(_ fault: InjectedFault) throws -> Outcome? {
    let files = SimulatedFileSystem()
    files.inject(fault)
    let run = CrashRun(
      workload.family, on: files, seed: workload.seed, tuning: workload.tuning)
    var failure: (any Error)?
    do {
      try workload.prepare(run)
      try workload.steps(run)
    } catch { failure = error }
    guard files.injectedCount > 0 else { return nil }
    // Work that goes on with what a lying disk lost may well differ from the model: what counts is
    // what is found in the files.
    if !(kind.isSilent && failure is MirrorDisagreement), let problem = unexpected(failure) {
      return Outcome(problem: problem)
    }
    files.clearFaults()
    return Outcome(problem: kind.isSilent ? judgeSilent(run) : judge(run))
  }

  /// Runs the workload on a disk of `capacity` bytes; nil when they are enough.
  func full(_ capacity: Int) throws -> Outcome? {
    let files = SimulatedFileSystem()
    files.setCapacity(capacity)
    let run = CrashRun(
      workload.family, on: files, seed: workload.seed, tuning: workload.tuning)
    var failure: (any Error)?
    do {
      try workload.prepare(run)
      try workload.steps(run)
    } catch { failure = error }
    guard files.injectedCount > 0 || failure != nil else { return nil }
    return Outcome(problem: unexpected(failure) ?? judge(run))
  }

  private func reading(_ fault: InjectedFault) throws -> Outcome? {
    let (made, _) = try workload.run()
    let allowed = made.timeline.allowedNow
    let files = made.files.copy()
    if kind.isSilent, allowed.states.count == 1 {
      // So that a stale read has something older to show.
      let run = try ImageCheck.run(files, workload, allowed, level: 3, depth: .opened)
      try run?.goOn(50)
      try run?.close()
      return try reading(fault, files, run?.timeline.allowedNow ?? allowed)
    }
    return try reading(fault, files, allowed)
  }

  private func reading(
    _ fault: InjectedFault, _ files: SimulatedFileSystem, _ allowed: CrashTimeline.Allowed
  ) throws -> Outcome? {
    files.inject(fault)
    var problem: String?
    do {
      _ = try ImageCheck.run(files, workload, allowed, level: 4)
    } catch let error as ImageCheck.Broken {
      // What is found and named is no damage done; what is returned as data is.
      let isNamed = error.code.map { kind.codes.contains($0) } ?? kind.isSilent
      problem = error.isFound && isNamed ? nil : error.description
    } catch { problem = unexpected(error) }
    guard files.injectedCount > 0 else { return nil }
    if let problem { return Outcome(problem: problem) }
    files.clearFaults()
    guard !kind.isSilent else { return Outcome() }
    // The transaction after opening may or may not have been made.
    do {
      let database = try Database.open(
        path: CrashRun.path, options: CrashRun.options(files, seed: 55))
      defer { try? database.close() }
      let report = try database.check()
      guard report.isSound else { return Outcome(problem: "check: \(report.findings[0].message)") }
    } catch { return Outcome(problem: "afterwards: \(error)") }
    return Outcome()
  }

  /// Why an error should not have been shown; nil when it may.
  private func unexpected(_ error: (any Error)?) -> String? {
    guard let error else { return nil }
    if let known = error as? StoreError, kind.codes.contains(where: { $0.name == "\(known.code)" })
    {
      return nil
    }
    guard let known = error as? DatabaseError else {
      // A snapshot or statement that differs, where a silent fault was made, is what is looked for.
      return "\(error)"
    }
    let isAllowed = kind.codes.contains(known.code)
    return isAllowed ? nil : "an error of another class: \(known.code): \(known.message)"
  }

  // MARK: Judges

  /// What must hold after a loud fault: in the process, after a power cut, and after a restart.
  private func judge(_ run: CrashRun) -> String? {
    let files = run.files
    files.setCapacity(nil)
    if let database = run.openDatabase, let problem = shown(database, run) { return problem }
    if run.openDatabase != nil {
      do { try run.goOn(51) } catch {
        if let problem = unexpected(error) { return "the next transaction: \(problem)" }
      }
    }
    let end = files.operationCount
    let allowed = run.timeline.allowed(after: end)
    for base in [CrashSurvival.Base.nothing, .random(5)] {
      let items = files.unsyncedItems(after: end)
      let survival = CrashSurvival(base).survival(of: items)
      do {
        _ = try ImageCheck.run(
          files.crash(after: end, keeping: survival), workload, allowed, level: 5)
      } catch { return "then a power cut keeping \(survival): \(error)" }
    }
    do { try run.close() } catch {
      if let problem = unexpected(error) { return "closing: \(problem)" }
    }
    do {
      _ = try ImageCheck.run(files, workload, run.timeline.allowedNow, level: 6)
    } catch { return "then a restart: \(error)" }
    return nil
  }

  /// What the handle shows: what must be there, or an error.
  private func shown(_ database: Database, _ run: CrashRun) -> String? {
    let allowed = run.timeline.allowed(after: .max - 1)
    do {
      for state in allowed.states where try state.difference(from: database, by: .scan) == nil {
        return nil
      }
    } catch { return unexpected(error) }
    return "the handle shows none of \(allowed.states.count) allowed states"
  }

  /// What must hold after a silent fault: an error, a finding, or a state of the past as a whole.
  private func judgeSilent(_ run: CrashRun) -> String? {
    let killed = run.files.copy()
    if let problem = judgeSilent(killed, run) { return "killed: \(problem)" }
    do { try run.close() } catch {
      if let problem = unexpected(error) { return "closing: \(problem)" }
    }
    return judgeSilent(run.files, run)
  }

  private func judgeSilent(_ files: SimulatedFileSystem, _ run: CrashRun) -> String? {
    let allowed = CrashTimeline.Allowed(states: run.everything, mayBeMissing: true, oldest: 0)
    do {
      _ = try ImageCheck.run(files, workload, allowed, level: 7)
    } catch let error as ImageCheck.Broken {
      return error.isFound ? nil : error.description
    } catch { return unexpected(error) }
    return nil
  }
}
