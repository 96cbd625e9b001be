import ArgumentParser

/// Proves that the engine keeps its promises, by counting what it survived.
struct CareTorture: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "CareTorture",
    abstract: "Crashes, faults, damage and races, each counted.",
    discussion: "`make torture` runs all of it; each part takes a seed and an amount of its own.",
    subcommands: [
      ImagesCommand.self, FaultsCommand.self, FlipsCommand.self,
      SeedsCommand.self, IsolationCommand.self, LeaksCommand.self,
      FilesCommand.self, DoomedCommand.self, KillsCommand.self, WorkerCommand.self,
      VerifyCommand.self, ProbeCommand.self,
    ])
}

CareTorture.main()
