import CareFS
import CareFSTestSupport
import PageStore
import Testing

@testable import CareFuzzTargets

/// What changes inputs keeps them sound enough to get past the checksums.
@Suite struct MutatorTests {
  /// libFuzzer's part: one byte becomes another.
  private static func plain(_ bytes: UnsafeMutableRawPointer, _ count: Int, _ limit: Int) -> Int {
    if count > 0 { bytes.storeBytes(of: 0xA5, toByteOffset: count / 2, as: UInt8.self) }
    return count
  }

  @Test func stampingChangesNothingThatIsSound() throws {
    for seed in try SeedFiles.open().prefix(8) where !seed.log.isEmpty {
      var pair = seed
      let (pageSize, size, sum) = pair.pages.withUnsafeMutableBytes { pages in
        PageLayout.stampAll(pages)
        return (
          PageLayout.size(of: pages), Int(pages.field(PageLayout.segmentSize, 4)),
          PageLayout.seed(pages)
        )
      }
      for start in stride(from: 0, to: seed.pages.count, by: pageSize) {
        let old = seed.pages[start..<start + pageSize]
        // A page that only the log holds so far has no checksum.
        let isSame = old.allSatisfy { $0 == 0 } || old == pair.pages[start..<start + pageSize]
        #expect(isSame)
      }
      pair.log.withUnsafeMutableBytes {
        let segments = LogLayout.segments($0, size).count
        #expect(segments > 0)
        LogLayout.stampAll($0, segmentSize: size, seed: sum)
      }
      let isSame = pair.log == seed.log
      #expect(isSame)
    }
  }

  @Test("many changed inputs are opened", arguments: ["pages", "recovery"])
  func changedInputsAreOpened(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let mutator = InputMutator(target, plain: Self.plain)
    let seed = try #require(try target.seeds().first)
    var opened = 0
    for number in 0..<60 {
      var bytes = seed + Array(repeating: 0, count: 4096)
      let count = bytes.withUnsafeMutableBytes {
        mutator.mutate($0, count: seed.count, seed: UInt32(number))
      }
      let input = Array(bytes[..<count])
      try target.run(input)
      guard
        let pair = name == "pages"
          ? FilePair(pages: input, log: []) : input.withUnsafeBytes(FilePair.init)
      else { continue }
      let options = FuzzDatabase.options(pair.files, readOnly: true)
      if (try? Database.open(path: FuzzDatabase.path, options: options)) != nil { opened += 1 }
    }
    #expect(opened > 15)
  }

  @Test func errorsOfOtherTypesAreFindings() throws {
    struct Other: Error {}
    func target(_ error: any Error) -> FuzzTarget {
      let body: @Sendable (UnsafeRawBufferPointer) throws -> Void = { _ in throw error }
      return FuzzTarget("thrower", maximumLength: 1, shape: .pages, seeds: { [] }, body)
    }
    #expect(throws: FuzzFinding.self) { try target(Other()).run([]) }
    #expect(throws: FuzzFinding.self) { try target(StoreError(.io, "a call failed")).run([]) }
    try target(StoreError(.corrupt, "damaged")).run([])
  }
}
