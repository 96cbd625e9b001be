import PageStore
import Testing

@testable import CareFS

/// A cell whose document claims to be longer than its file could hold.
@Suite struct ClaimedLengthTests {
  @Test func noMemoryIsTakenForIt() throws {
    var options = PagerOptions()
    options.pageSize = 4096
    let pager = try Pager.create(
      path: "d.carefs", fileSystem: MemoryFileSystem(), options: options)
    let pages = try pager.beginWrite()
    defer { pages.rollback() }
    // 1 GiB in 256 blocks of 4 MiB, of which the last one has a piece.
    var cell: [UInt8] = [DocumentFormat.external | DocumentFormat.uniqueMembers, 22]
    cell += [7] + [UInt8](repeating: 0, count: 7)
    cell += [0, 0, 0, 0x40] + [UInt8](repeating: 0, count: 12)
    let key: [UInt8] = [DocumentFormat.pieceMark, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 255, 0, 0]
    let before = Self.largestUse()
    let path = try JSONPath.parse("a")
    #expect(throws: DatabaseError.self) {
      try cell.withUnsafeBytes {
        _ = try DecoderProbe.document(
          $0, entries: [(key, Array(repeating: 0, count: 20))], path: path, in: pages)
      }
    }
    #expect(Self.largestUse() - before < 512 << 10)
  }

  /// The most kilobytes of addresses that the process has had; 0 where the system does not tell.
  private static func largestUse() -> Int {
    guard let file = try? PosixFileSystem.shared.open("/proc/self/status", .readOnly) else {
      return 0
    }
    defer { file.close() }
    var text = [UInt8](repeating: 0, count: 4096)
    let count = (try? text.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }) ?? 0
    let line = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("VmPeak:") }
    return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
  }
}
