/// The header of a damaged page file: a sound copy, or what can be pieced together of it.
struct SalvagedHeader {
  var header: FileHeader
  /// Whether it says where the log begins that matters.
  var isAnchored: Bool
  var note: String?

  /// How many pages tell whether a guess is right.
  private static let samplePages = 64

  static func find(
    _ path: String, _ file: any StorageFile, _ fileSystem: any FileSystem
  ) throws(StoreError) -> SalvagedHeader {
    let failure: StoreError
    do throws(StoreError) {
      let (header, note) = try Pager.readHeaders(path, file)
      return SalvagedHeader(header: header, isAnchored: true, note: note)
    } catch {
      guard [.corrupt, .notADatabase, .io].contains(error.code) else { throw error }
      failure = error
    }
    let size = try file.size()
    var best: (header: FileHeader, score: Int)?
    for var guess in guesses(path, file, fileSystem) {
      let score = soundPages(file, guess)
      guard score > best?.score ?? 0 else { continue }
      let count = size / UInt64(guess.pageSize)
      guess.pageCount = UInt32(min(max(count, 3), UInt64(PageLimits.maximumPageCount)))
      best = (guess, score)
    }
    guard let best else { throw failure }
    return SalvagedHeader(
      header: best.header, isAnchored: false,
      note: "both copies of the file header are damaged; the pages were found without them")
  }

  /// Headers that may be this file's: damaged copies taken at their word, and what the log says, each
  /// with every page size.
  private static func guesses(
    _ path: String, _ file: any StorageFile, _ fileSystem: any FileSystem
  ) -> [FileHeader] {
    var known: [(fileID: FileID, timeline: UInt64, segmentSize: UInt32)] = []
    let largest = PageLimits.pageSizes.last ?? 65536
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * largest, alignment: 64)
    defer { buffer.deallocate() }
    guard let base = buffer.baseAddress.map({ UnsafeRawPointer($0) }) else { return [] }
    let count = (try? file.read(into: buffer, at: 0)) ?? 0
    for (slot, at) in [(0, 0)] + PageLimits.pageSizes.map({ (1, $0) }) where at < count {
      guard
        let header = try? FileHeader(
          base + at, available: count - at, slot: PageNumber(slot), verifies: false)
      else { continue }
      known.append((header.fileID, header.timeline, header.segmentSize))
    }
    if let logFile = try? fileSystem.open(Pager.logPath(path), .readOnly) {
      defer { logFile.close() }
      let head = UnsafeMutableRawBufferPointer(rebasing: buffer[..<LogFormat.block])
      let n = try? logFile.read(into: head, at: 0)
      if n == LogFormat.block, let log = LogSegmentHeader(base),
        FileHeader.isSegmentSize(log.segmentSize)
      {
        known.append((log.fileID, log.timeline, log.segmentSize))
      }
    }
    return known.flatMap { fileID, timeline, segmentSize in
      PageLimits.pageSizes.map { size in
        FileHeader(
          pageSize: size, fileID: fileID, timeline: timeline, checkpointLSN: 0, salt: 0,
          pageCount: 3, segmentSize: segmentSize)
      }
    }
  }

  private static func soundPages(_ file: any StorageFile, _ guess: FileHeader) -> Int {
    let checksum = PageChecksum(fileID: guess.fileID, pageSize: guess.pageSize)
    let page = UnsafeMutableRawBufferPointer.allocate(byteCount: guess.pageSize, alignment: 64)
    defer { page.deallocate() }
    guard let base = page.baseAddress.map({ UnsafeRawPointer($0) }) else { return 0 }
    var sound = 0
    for number in 2..<PageNumber(2 + samplePages) {
      let n = try? file.read(into: page, at: UInt64(number) * UInt64(guess.pageSize))
      if n == guess.pageSize, checksum.isSound(base, number) { sound += 1 }
    }
    return sound
  }
}
