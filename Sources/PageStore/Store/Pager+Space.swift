extension Pager {
  /// The error with what a full disk needs, in numbers; other errors as they are.
  func explained(_ error: StoreError) -> StoreError {
    guard error.code == .diskFull else { return error }
    var error = error
    error.message += fullDiskAdvice
    return error
  }

  /// What to do when the disk is full: who has how much of it, and how much is enough.
  public var fullDiskAdvice: String {
    let log = (try? log?.file.size()) ?? 0
    let pages = (try? file.size()) ?? 0
    let free = fileSystem.freeBytes(at: path).map { "; \($0) bytes are free there" } ?? ""
    // A checkpoint writes at most what the log holds, and gives the log's space back; a file that was
    // closed needs one segment to begin with. Either way a small commit may add some pages.
    let enough = max(log, UInt64(segmentSize)) + UInt64(Self.pagesOfASmallCommit * pageSize)
    return
      "\(free), \(path) has \(pages) and its log \(log): what was committed is safe; make room "
      + "for \(enough) bytes by removing other files, never the log, and try again"
  }

  private static var pagesOfASmallCommit: Int { 16 }
}
