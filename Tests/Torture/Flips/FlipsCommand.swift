import ArgumentParser
import CareFSTestSupport
import PageStore

/// `CareTorture flips`.
struct FlipsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flips",
    abstract: "Flips bits of every byte of a page file and a log, one at a time.",
    discussion: "With each bit the files are opened, read whole and checked.")

  @Option(help: "Bits of each byte: 1 to 8.")
  var bits = 1

  @Option(help: "The least number of flips; more bits of some bytes are flipped to reach it.")
  var flips = 500_000

  @Option(help: "Bytes of each file.")
  var bytes = 256 << 10

  @Option(help: "Only so many bytes apart.")
  var stride = 1

  @Option(help: "Only this file, and with --offset and --bit only this one: pages or log.")
  var file: String?

  @Option(help: "With --file: only this byte.")
  var offset: Int?

  @Option(help: "With --offset: only this bit.")
  var bit: Int?

  @Option(help: "Threads.")
  var threads = 2

  func run() throws {
    let targets = try [("pages", FlipTarget.pages(bytes)), ("log", FlipTarget.log(bytes))]
      .filter { file == nil || $0.0 == file }
    if let offset {
      for (name, target) in targets {
        for bit in 0..<8 where self.bit == nil || bit == self.bit {
          print("\(name) \(offset) \(bit): \(target.judge(offset: offset, mask: 1 << UInt8(bit)))")
        }
      }
      return
    }
    let tally = FlipTally()
    var round = 0
    // Each round takes another bit of each byte.
    while round < 8, round < bits || (stride == 1 && file == nil && tally.count < flips) {
      for (name, target) in targets { flip(name, target, round, tally) }
      round += 1
    }
    tally.print()
    guard tally.isGood, stride > 1 || file != nil || tally.count >= flips else {
      throw ExitCode.failure
    }
  }

  private func flip(_ name: String, _ target: FlipTarget, _ round: Int, _ tally: FlipTally) {
    let (chunk, stride, flips, bits) = (1024, stride, flips, bits)
    Workers.run((target.count + chunk - 1) / chunk, threads: threads) {
      round >= bits && tally.count >= flips
    } _: { piece in
      var found = FlipTally.Counts()
      let end = min((piece + 1) * chunk, target.count)
      for offset in Swift.stride(from: piece * chunk, to: end, by: stride) {
        // Which bit comes first differs from byte to byte.
        let bit = (offset &* 7 &+ offset / 8 &+ round) & 7
        found.add(target.judge(offset: offset, mask: 1 << UInt8(bit))) {
          "--file \(name) --offset \(offset) --bit \(bit): \($0)"
        }
      }
      tally.add(found)
    }
  }
}

/// Counts flips of all threads.
private final class FlipTally: @unchecked Sendable {
  struct Counts {
    var flips = 0
    var found = 0
    var dropped = 0
    var harmless = 0
    var silent: [String] = []

    mutating func add(_ outcome: FlipTarget.Outcome, _ line: (String) -> String) {
      flips += 1
      switch outcome {
      case .found: found += 1
      case .dropped: dropped += 1
      case .harmless: harmless += 1
      case .silent(let what): silent.append(line(what))
      }
    }
  }

  private let lock = Lock()
  private var total = Counts()

  var count: Int { lock.with { total.flips } }
  var isGood: Bool { lock.with { total.flips > 0 && total.silent.isEmpty } }

  func add(_ counts: Counts) {
    lock.with {
      total.flips += counts.flips
      total.found += counts.found
      total.dropped += counts.dropped
      total.harmless += counts.harmless
      total.silent += counts.silent
    }
  }

  func print() {
    let total = lock.with { self.total }
    Swift.print(
      "faults: class=F10 injected=\(total.flips) survived=\(total.flips - total.silent.count)")
    Swift.print("flips: \(total.flips), \(total.silent.count) silent")
    Swift.print(
      "  \(total.found) found, \(total.dropped) cost the last commits with a note, "
        + "\(total.harmless) changed nothing that is read")
    for line in total.silent.prefix(10) { Swift.print("  failed: \(line)") }
  }
}
