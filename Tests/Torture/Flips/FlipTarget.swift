import CareFS
import CareFSTestSupport
import PageStore

/// A database whose files are read with one bit flipped, and what it holds.
struct FlipTarget: Sendable {
  /// What came of one flip.
  enum Outcome: Sendable {
    /// An error, or a finding of `check`.
    case found
    /// The last group of commits is missing, and a note says so.
    case dropped
    /// All is as it was: the bit is not used, or what it spoilt is there twice.
    case harmless
    /// Wrong data, and nobody says so.
    case silent(String)
  }

  let files: [String: [UInt8]]
  /// The file whose bits are flipped.
  let path: String
  /// The rows of each table in the order of the scan: now, and before the last group of commits.
  private let states: [[[[Value]]]]
  private let tables: [String]

  /// The bytes whose bits are flipped.
  var count: Int { files[path]?.count ?? 0 }

  /// A page file of at least `bytes` bytes that was closed cleanly.
  static func pages(_ bytes: Int) throws -> FlipTarget {
    let run = CrashRun(.clinic, seed: 21)
    try run.create()
    var number = 0
    while (run.files.contents(of: CrashRun.path)?.count ?? 0) < bytes {
      try run.write { tx in
        for _ in 0..<6 {
          number += 1
          try add(number, to: tx)
        }
      }
      try run.checkpoint()
    }
    try run.write { try $0.delete(from: "patients", key: [Family.int(3)]) }
    try run.close()
    return try FlipTarget(run, path: CrashRun.path, states: [run.model])
  }

  /// A log of at least `bytes` bytes of acknowledged commits that no checkpoint has taken.
  static func log(_ bytes: Int) throws -> FlipTarget {
    let run = CrashRun(.clinic, seed: 22)
    try run.create()
    try run.write { tx in for number in 1...4 { try add(number, to: tx) } }
    try run.checkpoint()
    var before = run.model
    var number = 4
    while (run.files.contents(of: FileFaults.log)?.count ?? 0) < bytes {
      before = run.model
      number += 1
      try run.write { tx in
        try add(number, to: tx)
        try tx.update("patients", key: [Family.int(1)], ["age": Family.int(number % 100)])
      }
    }
    run.die()
    return try FlipTarget(run, path: FileFaults.log, states: [run.model, before])
  }

  private static func add(_ number: Int, to tx: MirroredTransaction) throws {
    var values = Family.patient(number, notes: Family.note(number, number % 3 == 0 ? 2_500 : 300))
    values["photo"] = Family.photo(number, number % 5 == 0 ? 3_000 : 500)
    let key = try tx.insert(into: "patients", values)
    try tx.insert(into: "visits", ["patient_id": key[0], "day": Family.int(number)])
  }

  private init(_ run: CrashRun, path: String, states: [ModelDatabase]) throws {
    var files: [String: [UInt8]] = [:]
    for path in run.files.paths { files[path] = run.files.contents(of: path) }
    self.files = files
    self.path = path
    tables = run.model.schema.tables.map(\.name)
    self.states = states.map { $0.tables.map(Self.ordered) }
    guard case .harmless = judge(offset: 0, mask: 0) else {
      throw ImageCheck.Broken("the files are not right before any bit is flipped")
    }
  }

  /// The rows of a table with numbered keys, in their order.
  private static func ordered(_ table: ModelTable) -> [[Value]] {
    func number(_ row: [Value]) -> Int64 {
      guard case .int(let number)? = row.first else { return 0 }
      return number
    }
    return table.rows.values.sorted { number($0) < number($1) }
  }

  /// Opens the files with some bits of a byte flipped, reads everything, and checks everything.
  func judge(offset: Int, mask: UInt8) -> Outcome {
    let flipped = FlippedFiles(files, flip: .init(path: path, offset: offset, mask: mask))
    var options = CrashRun.options(flipped, seed: 5)
    options.readOnly = true
    do {
      let database = try Database.open(path: CrashRun.path, options: options)
      let state: Int? = try database.read { try shown($0) }
      let report = try database.check()
      guard report.isSound else { return .found }
      guard let state else { return .silent("none of the states, and check finds nothing") }
      if state == 0 { return .harmless }
      let isSaid = report.notes.contains { $0.contains("tail") }
      return isSaid ? .dropped : .silent("the last commits are gone, and nothing says so")
    } catch let error as DatabaseError {
      let isTyped = [.corrupt, .notADatabase, .newerFormat, .readOnly].contains(error.code)
      return isTyped ? .found : .silent("an error of another class: \(error.code)")
    } catch { return .silent("\(error)") }
  }

  /// The state that a transaction shows.
  private func shown(_ transaction: Transaction) throws -> Int? {
    var candidates = Array(states.indices)
    for (place, name) in tables.enumerated() {
      var row = 0
      try transaction.scan(name) { visited in
        candidates = try candidates.filter { state in
          let rows = states[state][place]
          guard row < rows.count else { return false }
          for column in rows[row].indices {
            if try visited.value(column) != rows[row][column] { return false }
          }
          return true
        }
        row += 1
        return !candidates.isEmpty
      }
      candidates = candidates.filter { states[$0][place].count == row }
    }
    return candidates.first
  }
}
