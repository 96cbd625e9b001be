import ArgumentParser
import Foundation
import PageStore

/// Proves that the engine keeps its promises, by counting what it survived.
struct CareTorture: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "CareTorture",
    abstract: "Crashes, faults, damage and races, each counted.",
    discussion: "`make torture` runs all of it; each part takes a seed and an amount of its own.",
    subcommands: [
      ImagesCommand.self, FaultsCommand.self, FlipsCommand.self,
      SeedsCommand.self, IsolationCommand.self, LeaksCommand.self,
      FilesCommand.self, PlantedCommand.self,
      DoomedCommand.self, KillsCommand.self, WorkerCommand.self,
      VerifyCommand.self, ProbeCommand.self,
    ])
}

#if TEST_SWITCHES
  // So that what a part says of a planted bug can be run again by that part alone.
  if let name = ProcessInfo.processInfo.environment["CAREFS_PLANTED"] {
    PlantedBug.current = PlantedBug.allCases.first { "\($0)" == name }
  }
#endif
CareTorture.main()
