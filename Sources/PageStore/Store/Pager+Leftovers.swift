/// What a crash, or calls that failed, left of a rewrite.
extension Pager {
  /// Removes what is left of an earlier rewrite, and nothing else.
  ///
  /// The page file is known by its content at every moment since its creation. Its log is not: what a
  /// power cut leaves of an unsynced sector may be anything. So the log goes first, and a log beside
  /// such a page file needs no proof.
  ///
  /// - Parameter target: Who has written them, if this process did: it knows its log.
  func removeLeftovers(
    _ newPath: String, createdBy target: Pager? = nil
  ) throws(StoreError) {
    let logPath = Self.logPath(newPath)
    let file = try fileSystem.identity(of: logPath)?.file
    let trustsLog = target.map { $0.logIdentity?.file == file } ?? true
    let isThere = try fileSystem.identity(of: newPath) != nil
    let pages = isThere ? try look(newPath, 3 * pageSize) { isOurPageFile($0) } : .absent
    let log = file != nil ? try look(logPath, Self.sector) { isOurLog($0) } : .absent
    guard pages != .unknown else { throw Self.foreignError(newPath) }
    let isOurs = log == .ours || log == .blank || (log == .unknown && pages == .ours && trustsLog)
    if isOurs {
      try fileSystem.remove(logPath)
      if !planted(.skipDirectorySync) { try fileSystem.syncDirectory(of: path) }
    }
    if pages != .absent { try fileSystem.remove(newPath) }
    guard isOurs || log == .absent else { throw Self.foreignError(logPath) }
  }

  private static let sector = 512

  /// What is at a name: nothing, a file without a beginning, one with our id, or any other.
  private enum Leftover { case absent, blank, ours, unknown }

  private static func foreignError(_ path: String) -> StoreError {
    StoreError(.exists, "\(path) is in the way and is not of this database: move it")
  }

  /// Hands the beginning of a file to `isOurs`, at most `count` bytes.
  private func look(
    _ path: String, _ count: Int, _ isOurs: (UnsafeRawBufferPointer) -> Bool
  ) throws(StoreError) -> Leftover {
    let other = try fileSystem.open(path, .readOnly)
    defer { other.close() }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    defer { buffer.deallocate() }
    let found = try other.read(into: buffer, at: 0)
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<min(found, count)])
    if bytes.prefix(Self.sector).allSatisfy({ $0 == 0 }) { return .blank }
    return isOurs(bytes) ? .ours : .unknown
  }

  /// Whether a page file bears our id: in one of the headers, or, when their first writing was cut
  /// short, in the checksum of the page that was written before them.
  private func isOurPageFile(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= Self.sector, let base = bytes.baseAddress else { return false }
    for slot in 0..<2 where bytes.count >= slot * pageSize + Self.sector {
      let page = base + slot * pageSize
      let isHeader = FileHeader.magic.indices.allSatisfy {
        page.u8(32 + $0) == FileHeader.magic[$0]
      }
      if isHeader, page.u64(64) == header.fileID.low, page.u64(72) == header.fileID.high {
        return true
      }
    }
    guard bytes.count >= 3 * pageSize else { return false }
    let checksum = PageChecksum(fileID: header.fileID, pageSize: pageSize)
    return checksum.isSound(base + 2 * pageSize, 2)
  }

  /// Whether a log begins with our id, or with as much of a segment's header as came before a write
  /// was cut short, and nothing behind it. Its version, copy and segment size, at 8, may be any.
  private func isOurLog(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let words = [LogFormat.segmentMagic, 0, header.fileID.low, header.fileID.high]
    let expected = words.flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    return zip(bytes.indices, expected).allSatisfy { place, byte in
      bytes[place] == byte || (8..<16).contains(place) || bytes[place...].allSatisfy { $0 == 0 }
    }
  }
}
