import CareFS
import CareFSTestSupport
import PageStore

/// Holds what a power cut left against the oracle.
enum ImageCheck {
  /// What contradicts the promises, in one line.
  struct Broken: Error, CustomStringConvertible {
    let description: String
    /// Whether the engine itself said so, by an error or a finding of `check`.
    let isFound: Bool
    /// The code of the error that opening threw.
    let code: DatabaseError.Code?

    init(_ description: String, isFound: Bool = false, code: DatabaseError.Code? = nil) {
      self.description = description
      self.isFound = isFound
      self.code = code
    }
  }

  /// How far an image is followed.
  enum Depth {
    /// Opened, compared, continued with one more transaction, closed, opened and compared again.
    case full
    /// Opened and compared.
    case opened
  }

  /// Checks an image; answers the run that went on with it, or nil when it rightly holds nothing.
  ///
  /// - Parameter level: how many cuts there were, so that each opening makes other numbers.
  static func run(
    _ image: SimulatedFileSystem, _ workload: Workload, _ allowed: CrashTimeline.Allowed,
    level: UInt64, depth: Depth = .full
  ) throws -> CrashRun? {
    let tuning = workload.tuning
    let run = CrashRun(
      workload.family, on: image, seed: 1_000_000 &* (level &+ 1), tuning: tuning)
    run.timeline.prior = allowed.states
    run.timeline.mayBeMissing = allowed.mayBeMissing
    let sizeBefore = image.usedBytes
    do { try run.open() } catch let error as DatabaseError {
      let isExcused = [.notFound, .notADatabase, .corrupt].contains(error.code)
      if allowed.mayBeMissing && isExcused { return nil }
      throw Broken(
        "cannot be opened: \(error.code): \(error.message)", isFound: true, code: error.code)
    }
    let model = try match(try run.requireDatabase(), allowed.states)
    run.expectOpened(model)
    if case .opened = depth { return run }
    try run.goOn(Int(level))
    try run.close()
    // What a tear made unrecognizable is left alone, as anything that is not the engine's.
    let left = image.paths.filter { path in
      path != CrashRun.path && !path.hasPrefix(CrashRun.copyPath) && isRecognizable(image, path)
    }
    guard left.isEmpty else { throw Broken("closing left files: \(left)") }
    guard image.usedBytes <= 2 * sizeBefore + (1 << 20) else {
      throw Broken("recovery grew the files from \(sizeBefore) to \(image.usedBytes) bytes")
    }
    try run.open()
    try requireSound(try run.requireDatabase(), run.model, "after the next transaction")
    try run.close()
    return run
  }

  /// A packed copy that can be opened is whole, and once it was acknowledged it can.
  static func requireCopy(
    of image: SimulatedFileSystem, _ allowed: CrashTimeline.Allowed
  ) throws {
    guard let model = allowed.copy else { return }
    let path = CrashRun.copyPath
    do {
      let copy = try Database.open(path: path, options: CrashRun.options(image, seed: 998))
      defer { try? copy.close() }
      _ = try match(copy, [model])
    } catch let error as DatabaseError {
      guard !allowed.isCopied else { throw Broken("the copy cannot be opened: \(error)") }
    }
  }

  /// The state that files hold, of those that are allowed.
  static func state(
    of files: SimulatedFileSystem, _ allowed: CrashTimeline.Allowed
  ) throws -> ModelDatabase {
    let database = try Database.open(
      path: CrashRun.path, options: CrashRun.options(files, seed: 999))
    defer { try? database.close() }
    return try match(database, allowed.states)
  }

  /// The allowed state that an open database shows; it must be sound and agree with it by every
  /// path. Of states with the same rows it is the oldest, whose automatic keys went least far.
  static func match(
    _ database: Database, _ states: [ModelDatabase]
  ) throws -> ModelDatabase {
    var reasons: [String] = []
    var found: ModelDatabase?
    for state in states {
      if let difference = try state.difference(from: database, by: .scan) {
        reasons.append(difference)
      } else {
        found = state
      }
    }
    if let found {
      try requireSound(database, found, "after recovery", isScanned: true)
      return found
    }
    let report = try database.check()
    throw Broken(
      "holds none of \(states.count) allowed states (\(reasons.joined(separator: "; "))); check "
        + "\(report.isSound ? "finds nothing" : "says \(report.findings[0].message)")",
      isFound: !report.isSound)
  }

  private static func requireSound(
    _ database: Database, _ model: ModelDatabase, _ when: String, isScanned: Bool = false
  ) throws {
    let report = try database.check()
    if let finding = report.findings.first {
      throw Broken(
        "check \(when): \(finding.message) (\(report.findingCount) findings)", isFound: true)
    }
    let paths: ModelPaths = isScanned ? [.key, .index] : .all
    if let difference = try model.difference(from: database, by: paths) {
      throw Broken("\(when): \(difference)")
    }
  }

  private static func isRecognizable(_ files: SimulatedFileSystem, _ path: String) -> Bool {
    guard let bytes = files.contents(of: path), bytes.count >= 512 else { return true }
    let magic = Array("CareFS".utf8)
    let isOurs = bytes[..<512].indices.contains { start in
      start + magic.count <= 512 && Array(bytes[start..<start + magic.count]) == magic
    }
    return isOurs || bytes[..<512].allSatisfy { $0 == 0 }
  }
}

extension CrashRun {
  /// The database, now open, was found to hold `model`.
  func expectOpened(_ model: ModelDatabase) {
    guard let database else { return }
    adopt(database, model, since: files.operationCount)
  }
}
