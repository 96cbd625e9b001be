import CareFS
import PageStore
import Synchronization

extension FuzzTarget {
  /// The cell of a document and the entries of its tree: blocks of a length, then bytes.
  static let document = FuzzTarget(
    "document", share: 10, maximumLength: 16 << 10, shape: .text(words: ["\u{0}\u{0}", "\u{6}"]),
    seeds: { try documentSeeds() },
    { input in
      var reader = InputReader(input)
      let cell = reader.block()
      var entries: [(key: [UInt8], value: [UInt8])] = []
      while !reader.isEmpty, entries.count < 64 {
        entries.append(([UInt8](reader.block()), [UInt8](reader.block())))
      }
      guard let path = JSONPath("tags[0]") else { return }
      try DocumentPages.shared.withTransaction { pages in
        _ = try DecoderProbe.document(cell, entries: entries, path: path, in: pages)
      }
    })

  private static func documentSeeds() throws -> [[UInt8]] {
    try (0..<24).map { number in
      var values = SeedValues(UInt64(number))
      let length = [10, 40, 300, 2_000, 6_000, 9_000][number % 6]
      let filler = number % 4 == 0 ? values.text(length) : String(repeating: "ab ", count: length)
      let text = #"{"tags":[\#(number)],"text":"\#(filler)"}"#
      var writer = InputWriter()
      try DocumentPages.shared.withTransaction { pages in
        let stored = try DecoderProbe.store(Array(text.utf8), in: pages)
        writer.block(stored.cell)
        for entry in stored.entries {
          writer.block(entry.key)
          writer.block(entry.value)
        }
      }
      return writer.bytes
    }
  }
}

/// Pages in memory that every input finds empty.
private final class DocumentPages: Sendable {
  static let shared = DocumentPages()
  private let pager: Result<Pager, StoreError>

  private init() {
    pager = Result { () throws(StoreError) in
      var options = PagerOptions()
      options.pageSize = 4096
      options.hasBackgroundCheckpoints = false
      return try Pager.create(path: "d.carefs", fileSystem: MemoryFileSystem(), options: options)
    }
  }

  func withTransaction(_ body: (PageTransaction) throws -> Void) throws {
    let pages = try FuzzFinding.always { try pager.get().beginWrite() }
    defer { pages.rollback() }
    try body(pages)
  }
}
