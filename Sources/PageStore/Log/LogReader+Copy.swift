extension LogReader {
  /// Makes what this reader has found durable, before anything is built on it.
  ///
  /// After a failed sync the system may show a last group, or a file size, that the disk lacks, and
  /// no later sync would bring it there. So the last group is written once more, to other segments:
  /// writing it again in place could tear a group that was acknowledged.
  ///
  /// - Returns: the segments that were written.
  func secure(_ scan: LogScan) throws(StoreError) -> Set<Int> {
    try file.insistOnSize()
    var written: Set<Int> = []
    if let last = scan.lastGroup, last.salt == scan.salt,
      copyCount(last.salt) < LogSegmentHeader.maximumCopies
    {
      let copy = copyCount(last.salt) + 1
      var free = (0..<segmentCount).filter { !scan.busySegments.contains($0) }
      var at = last.start
      while at < last.end {
        guard let (index, header) = segment(holding: at, salt: last.salt, copy: last.copy) else {
          break
        }
        let end = min(last.end, header.startLSN &+ payloadSize)
        let target: Int
        if let index = free.popLast() { target = index } else { target = try appendSegment() }
        try write(at..<end, from: index, header, copy: copy, to: target)
        written.insert(target)
        at = end
      }
    }
    try file.sync()
    return written
  }

  private func appendSegment() throws(StoreError) -> Int {
    let index = segmentCount
    try file.writeZeros(segmentSize, at: UInt64(index) * UInt64(segmentSize))
    segmentCount += 1
    return index
  }

  /// Writes a part of a group, and the header of the segment that it stands in.
  private func write(
    _ part: Range<LSN>, from index: Int, _ header: LogSegmentHeader, copy: UInt16, to target: Int
  ) throws(StoreError) {
    let offset = LogFormat.block + Int(part.lowerBound &- header.startLSN)
    let count = Int(part.upperBound &- part.lowerBound)
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(count, LogFormat.block), alignment: 64)
    defer { bytes.deallocate() }
    guard let base = bytes.baseAddress else { return }
    let place = UInt64(target) * UInt64(segmentSize)
    var copied = header
    copied.copy = copy
    copied.encode(into: base)
    try file.write(UnsafeRawBufferPointer(start: base, count: LogFormat.block), at: place)
    let n = try file.read(
      into: UnsafeMutableRawBufferPointer(start: base, count: count),
      at: UInt64(index) * UInt64(segmentSize) + UInt64(offset))
    guard n == count else {
      throw StoreError(.io, "the log became shorter while it was read: try again")
    }
    try file.write(
      UnsafeRawBufferPointer(start: base, count: count), at: place + UInt64(offset))
  }
}

extension StorageFile {
  /// Makes the next sync write the file's size, also when an earlier one failed to.
  func insistOnSize() throws(StoreError) {
    let now = try size()
    try truncate(to: now + UInt64(LogFormat.block))
    try truncate(to: now)
  }
}
