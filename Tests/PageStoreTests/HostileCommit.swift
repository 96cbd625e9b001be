import CareFSTestSupport
import Testing

@testable import PageStore

/// A commit as no writer writes it, for a log whose checksums are sound.
enum HostileCommit {
  /// A commit's payload: header, page table and changes.
  static func payload(
    pages: UInt32 = 10, table: [(PageNumber, UInt32, LSN)] = [], tableCount: Int? = nil,
    changes: [UInt8] = [], changeBytes: Int? = nil
  ) -> [UInt8] {
    let size = LogFormat.commitHeaderSize + table.count * LogFormat.tableEntrySize
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      base.set64(LogFormat.commitNumber, 9)
      base.set32(LogFormat.commitPageCount, pages)
      base.set32(LogFormat.commitTableCount, UInt32(tableCount ?? table.count))
      base.set64(LogFormat.commitChangeBytes, UInt64(changeBytes ?? changes.count))
      for (index, entry) in table.enumerated() {
        let at = LogFormat.commitHeaderSize + index * LogFormat.tableEntrySize
        base.set32(at, entry.0)
        base.set32(at + 4, entry.1)
        base.set64(at + 8, entry.2)
      }
    }
    return bytes + changes
  }

  /// The files of a killed writer whose log ends with such records.
  static func files(
    kind: UInt8 = LogFormat.RecordKind.commit, _ payloads: [UInt8]...
  ) throws -> (files: SimulatedFileSystem, options: PagerOptions) {
    let scenario = Scenario(seed: 5)
    try scenario.create()
    for mark in 0..<3 { try scenario.commit { try $0.allocate(UInt8(mark)) } }
    let log = try #require(try scenario.pager.log)
    for payload in payloads {
      try payload.withUnsafeBytes { raw throws in
        _ = try log.append(kind: kind, raw)
      }
    }
    try log.flushAll()
    let files = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    return (files, scenario.options)
  }

  /// Says that the next changes are of an entry's page.
  static func select(_ index: Int) -> [UInt8] {
    [1] + (0..<4).map { UInt8(truncatingIfNeeded: index >> ($0 * 8)) }
  }

  /// Changes that make the page of an entry a node of a tree with a number in it.
  static func node(_ index: Int, _ value: UInt16) -> [UInt8] {
    select(index) + [
      2, UInt8(PageHeader.kind), 0, 1, 0, PageKind.tree.rawValue,
      2, UInt8(PageHeader.owner), 0, 1, 0, UInt8(Scenario.owner),
      2, 64, 0, 2, 0, UInt8(truncatingIfNeeded: value), UInt8(value >> 8),
    ]
  }
}
