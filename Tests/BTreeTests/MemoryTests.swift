import CareFSTestSupport
import PageStore
import Testing

@testable import BTree

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What trees take of the process's memory.
@Suite struct MemoryTests {
  /// An editor tells of all its buffers.
  @Test func eachBufferOfAnEditorCounts() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let editor = harness.editor
    let buffers: [ReferenceWritableKeyPath<TreeEditor, ScratchBuffer>] = [
      \.tailBuffer, \.valueBuffer, \.arrivingSeparator, \.separator, \.pageCopy, \.neighborCopy,
    ]
    for buffer in buffers {
      let before = editor.memory - editor[keyPath: buffer].capacity
      editor[keyPath: buffer].reserve(50_000)
      #expect(editor[keyPath: buffer].capacity >= 50_000)
      #expect(editor.memory == before + editor[keyPath: buffer].capacity)
    }
    let before = editor.memory
    editor.entries.reserveCapacity(1_000)
    #expect(editor.memory >= before + 1_000 * MemoryLayout<Entry>.stride)
  }

  #if compiler(>=6.2)
    /// Loaders give back what they took while their first page grew.
    @Test(
      .enabled(if: residentMemory() > 0, "the system has no /proc"),
      .disabled(if: getenv("ASAN_OPTIONS") != nil, "that sanitizer keeps freed memory for a while")
    ) func loadersLeaveNothingBehind() async {
      // Alone in a process, whose memory nothing else changes.
      await #expect(processExitsWith: .success) {
        let harness = try TreeHarness(pageSize: 65_536)
        func load() throws {
          let loader = try BulkLoader(harness.tree, in: harness.transaction)
          for number in 0..<4_200 {
            try numberKey(number).withUnsafeBytes {
              try loader.append($0, UnsafeRawBufferPointer(start: nil, count: 0))
            }
          }
        }
        for _ in 0..<3 { try load() }
        let before = residentMemory()
        for _ in 0..<40 { try load() }
        let grown = residentMemory() - before
        try #require(grown < 8 << 20)
      }
    }
  #endif
}
