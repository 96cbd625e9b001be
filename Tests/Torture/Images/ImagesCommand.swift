import ArgumentParser

/// `CareTorture images`.
struct ImagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "images",
    abstract: "Cuts the power at every operation of many workloads, in every way.",
    discussion: """
      Every image is opened, compared with the model, changed, closed and opened again. A failure \
      prints the options that replay it.
      """)

  @Option(help: "Only this workload: one written by hand, or random-SEED.")
  var workload: String?

  @Option(help: "With --workload: only a cut right after this operation.")
  var operation: Int?

  @Option(help: "With --operation: what is left, as a failure prints it.")
  var survival: CrashSurvival?

  @Option(help: "With --survival: a further cut inside recovery, OPERATION:SURVIVAL. Repeatable.")
  var again: [String] = []

  @Option(help: "The least number of distinct images.")
  var images = 200_000

  @Option(help: "Goes on with random workloads for so many minutes.")
  var minutes: Double?

  @Option(help: "The first seed of the random workloads.")
  var seed: UInt64 = 1

  @Option(help: "Random survivals per operation, beside the systematic ones.")
  var rounds = 2

  @Option(help: "Every so many images are cut again inside their recovery; 0 is none.")
  var nested = 400

  @Option(help: "Threads.")
  var threads = 2

  @Flag(help: "Only prints the names of the workloads.")
  var list = false

  func run() throws {
    if list {
      for workload in Workload.all { print(workload.name) }
      return
    }
    let tally = ImageTally()
    if let workload {
      guard let known = Workload.named(workload) else {
        throw ValidationError("there is no workload \(workload)")
      }
      if let operation { return try replay(known, operation) }
      var explorer = ImageExplorer(known, tally)
      explorer.rounds = rounds
      explorer.nestEvery = nested
      explorer.explore()
      guard tally.print(wanted: 1) else { throw ExitCode.failure }
      return
    }
    explore(tally)
    guard tally.print(wanted: images) else { throw ExitCode.failure }
  }

  /// All workloads by hand, then random ones until there are enough images and the time is up.
  private func explore(_ tally: ImageTally) {
    let (rounds, nested, seed, images) = (rounds, nested, seed, images)
    let deadline = minutes.map { Deadline(minutes: $0) }
    let known = Workload.all
    @Sendable func explore(_ workload: Workload) {
      var explorer = ImageExplorer(workload, tally)
      explorer.rounds = rounds
      explorer.nestEvery = nested
      explorer.explore()
    }
    Workers.run(known.count, threads: threads) { explore(known[$0]) }
    Workers.run(.max, threads: threads) {
      deadline?.isOver ?? (tally.distinct >= images)
    } _: {
      explore(Workload.random(seed &+ UInt64($0)))
    }
  }

  private func replay(_ workload: Workload, _ operation: Int) throws {
    var steps = [(operation: operation, survival: survival ?? CrashSurvival(.everything))]
    for text in again {
      let parts = text.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let operation = Int(parts[0]),
        let survival = CrashSurvival(String(parts[1]))
      else { throw ValidationError("\(text) is not OPERATION:SURVIVAL") }
      steps.append((operation, survival))
    }
    guard let problem = try ImageExplorer(workload, ImageTally()).replay(steps) else {
      print("images: 1 distinct, 0 failed")
      return
    }
    print("images: 1 distinct, 1 failed\n  failed: \(problem)")
    throw ExitCode.failure
  }
}

extension CrashSurvival: ExpressibleByArgument {}
