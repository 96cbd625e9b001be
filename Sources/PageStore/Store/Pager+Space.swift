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
    // A checkpoint writes at most what the log holds, and gives the log's space back.
    let enough = max(log, UInt64(header.segmentSize))
    return
      "\(free), \(path) has \(pages) and its log \(log): what was committed is safe; make room "
      + "for \(enough) bytes by removing other files, never the log, and try again"
  }
}
