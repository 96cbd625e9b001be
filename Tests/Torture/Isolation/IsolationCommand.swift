import ArgumentParser

/// `CareTorture isolation`.
struct IsolationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "isolation",
    abstract: "Lists that one thread appends to and others read beside checkpoints.",
    discussion: """
      Each read transaction must see the lists of one commit, none older than what was \
      acknowledged before it began, and the history must have no cycle.
      """)

  @Option(help: "Read transactions.")
  var reads = 100_000

  @Option(help: "Reading threads.")
  var readers = 8

  @Option(help: "What decides the appends and reads.")
  var seed: UInt64 = 1

  @Option(help: "Repeats runs of new seeds for so many minutes.")
  var minutes = 0.0

  func run() throws {
    let missed = CheckerProof.failures()
    for failure in missed { print("failed: the checker: \(failure)") }
    guard missed.isEmpty else { throw ExitCode.failure }
    let deadline = Deadline(minutes: minutes)
    var total = 0
    var anomalies = 0
    var next = seed
    repeat {
      var options = IsolationRun.Options()
      options.reads = reads
      options.readers = readers
      options.seed = next
      let (count, problems) = try IsolationRun(options).run()
      for problem in problems.prefix(10) { print("failed: seed \(next): \(problem)") }
      total += count
      anomalies += problems.count
      next += 1
    } while !deadline.isOver
    print("isolation: \(total) reads, \(anomalies) anomalies")
    guard anomalies == 0, total >= reads else { throw ExitCode.failure }
  }
}
