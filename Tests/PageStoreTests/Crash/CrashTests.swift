import CareFSTestSupport
import Testing

@testable import PageStore

/// Power cuts at every operation of every workload, and again inside recovery.
@Suite struct CrashTests {
  @Test func everyOperationIsSurvived() throws {
    var explorer = CrashExplorer()
    for workload in Workload.all { try explorer.explore(workload) }
    printFaults("F4-F7 power cut", injected: explorer.images, failed: explorer.failures)
    #expect(explorer.images > 1_000)
  }

  @Test func aSecondCrashInsideRecoveryIsSurvived() throws {
    var explorer = CrashExplorer()
    explorer.nestEvery = max(1, 60 / CrashExplorer.rounds)
    for workload in Workload.all { try explorer.explore(workload) }
    printFaults(
      "F16 power cut inside recovery", injected: explorer.nestedImages, failed: explorer.failures)
    #expect(explorer.nestedImages > 500)
  }
}
