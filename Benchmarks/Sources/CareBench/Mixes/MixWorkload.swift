import Foundation

/// One of YCSB's core workloads, as its parameter file says.
struct MixWorkload {
  let name: String
  private let parameters: [String: String]

  /// Reads the file of a workload; nil when it is not there.
  init?(_ name: String, folder: String) {
    let path = folder + "/suites/ycsb-workloads/workload" + name
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    self.name = name
    var parameters: [String: String] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2 {
        parameters[parts[0].trimmingCharacters(in: .whitespaces)] =
          parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    self.parameters = parameters
  }

  private func part(_ name: String) -> Double { parameters[name].flatMap(Double.init) ?? 0 }

  var reads: Double { part("readproportion") }
  var updates: Double { part("updateproportion") }
  var inserts: Double { part("insertproportion") }
  var scans: Double { part("scanproportion") }
  var modifications: Double { part("readmodifywriteproportion") }
  /// The part of the operations that wait for the disk.
  var writes: Double { updates + inserts + modifications }
  var longestScan: Int { Int(part("maxscanlength")) }
  var isLatest: Bool { parameters["requestdistribution"] == "latest" }
}

/// What a workload does next. Records go by number.
enum MixOperation {
  case read(Int)
  case update(Int, field: Int)
  case insert(Int)
  case scan(Int, count: Int)
  case modify(Int, field: Int)
}

/// The operations of a workload, the same for every engine.
struct MixOperations {
  private let workload: MixWorkload
  private var numbers = SeededNumbers(seed: 11)
  private var zipf: Zipf
  private(set) var records: Int

  init(_ workload: MixWorkload, records: Int) {
    self.workload = workload
    self.records = records
    zipf = Zipf(records)
  }

  mutating func next() -> MixOperation {
    var choice = Double.random(in: 0..<1, using: &numbers)
    func takes(_ part: Double) -> Bool {
      choice -= part
      return choice < 0
    }
    if takes(workload.reads) { return .read(chosen()) }
    if takes(workload.updates) { return .update(chosen(), field: field()) }
    if takes(workload.modifications) { return .modify(chosen(), field: field()) }
    if takes(workload.scans) {
      return .scan(chosen(), count: Int.random(in: 1...workload.longestScan, using: &numbers))
    }
    records += 1
    return .insert(records - 1)
  }

  private mutating func field() -> Int { Int.random(in: 0..<MixRecord.fields, using: &numbers) }

  /// Of the latest the newest are read most; otherwise the popular ones lie scattered.
  private mutating func chosen() -> Int {
    let rank = zipf.next(&numbers)
    if workload.isLatest { return records - 1 - rank }
    return Int(MixRecord.hash(UInt64(rank)) % UInt64(zipf.count))
  }
}

/// Zipf's distribution with YCSB's constant, by the method of Gray and others ("Quickly generating
/// billion-record synthetic databases").
struct Zipf {
  let count: Int
  private let zeta: Double
  private let alpha: Double
  private let eta: Double
  private static let theta = 0.99

  init(_ count: Int) {
    self.count = count
    func sum(_ count: Int) -> Double {
      (1...count).reduce(0) { $0 + 1 / pow(Double($1), Zipf.theta) }
    }
    zeta = sum(count)
    alpha = 1 / (1 - Zipf.theta)
    eta = (1 - pow(2 / Double(count), 1 - Zipf.theta)) / (1 - sum(2) / zeta)
  }

  /// A rank, 0 the most frequent.
  func next(_ numbers: inout SeededNumbers) -> Int {
    let part = Double.random(in: 0..<1, using: &numbers)
    let scaled = part * zeta
    if scaled < 1 { return 0 }
    if scaled < 1 + pow(0.5, Zipf.theta) { return 1 }
    return min(count - 1, Int(Double(count) * pow(eta * part - eta + 1, alpha)))
  }
}
