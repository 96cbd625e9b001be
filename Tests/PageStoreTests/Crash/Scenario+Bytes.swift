import CareFSTestSupport

@testable import PageStore

/// Files that claim something else, with checksums that fit.
extension Scenario {
  /// The file with some bytes of a page changed, and a checksum that fits again.
  static func changed(
    _ bytes: [UInt8], page: PageNumber, _ change: (UnsafeMutableRawPointer) -> Void
  ) -> [UInt8] {
    var bytes = bytes
    let id = bytes.withUnsafeBytes { raw in
      raw.baseAddress.map { FileID(low: $0.u64(64), high: $0.u64(72)) }
    }
    bytes.withUnsafeMutableBytes { raw in
      guard let id, let base = raw.baseAddress.map({ $0 + Int(page) * 4096 }) else { return }
      change(base)
      PageChecksum(fileID: id, pageSize: 4096).stamp(base, page)
    }
    return bytes
  }

  /// Changes both copies of a file's header.
  static func changeHeaders(
    of files: SimulatedFileSystem, _ change: (UnsafeMutableRawPointer) -> Void
  ) {
    var bytes = files.contents(of: path) ?? []
    for slot in 0..<2 as Range<PageNumber> { bytes = changed(bytes, page: slot, change) }
    files.setContents(of: path, bytes)
  }
}
