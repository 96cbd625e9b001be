import CareFuzzTargets
import Testing

/// Every fuzz target takes its seeds and what the repository keeps, without the fuzzer.
@Suite struct ReplayTests {
  @Test("seeds pass", arguments: FuzzTarget.all.map(\.name))
  func seedsPass(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = try target.seeds()
    #expect(seeds.count >= 10)
    // Of files some stand for the others here; the fuzzer takes all.
    let step = seeds.contains { $0.count > 1 << 14 } ? 4 : 1
    for number in stride(from: 0, to: seeds.count, by: step) {
      let seed = seeds[number]
      #expect(seed.count <= target.maximumLength)
      #expect(throws: Never.self, "\(name), seed \(number)") { try target.run(seed) }
    }
  }

  @Test("kept inputs pass", arguments: FuzzTarget.all.map(\.name))
  func keptInputsPass(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    for input in try FuzzCorpus.inputs(of: target) {
      #expect(throws: Never.self, "\(input.name)") { try target.run(input.bytes) }
    }
  }

  @Test func seedsAreMany() throws {
    let counts = try FuzzTarget.all.map { try $0.seeds().count }
    #expect(counts.reduce(0, +) >= 300)
  }
}
