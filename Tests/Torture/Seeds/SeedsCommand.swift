import ArgumentParser

/// `CareTorture seeds`.
struct SeedsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seeds", abstract: "Random operations against a model, each run by its seed.")

  func run() throws {
    #if TEST_SWITCHES
      let missed = SchedulerProof.failures()
      for failure in missed { print("failed: the scheduler: \(failure)") }
      guard missed.isEmpty else { throw ExitCode.failure }
    #endif
  }
}
