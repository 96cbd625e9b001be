extension Pager {
  /// For a handle that only reads: the error that says that another process has overwritten what
  /// this snapshot needs; nil when no other process has written since the file was opened.
  func overtaken() -> StoreError? {
    guard isReadOnly else { return nil }
    let other = (try? file.otherWriter()) ?? nil
    if case .held(let holder) = other { return Self.overtakenError(path, holder) }
    guard let (now, _) = try? Self.readHeaders(path, file, pageSize: pageSize),
      now.sequence != header.sequence
    else { return nil }
    return Self.overtakenError(path, nil)
  }

  /// Waits a moment for what another process may be writing just now; false when none does.
  func waitForOtherWriter(_ attempt: Int) throws(StoreError) -> Bool {
    guard isReadOnly, try file.otherWriter() != nil else { return false }
    Self.sleep(milliseconds: 1 << min(attempt, 6))
    return true
  }

  static func sleep(milliseconds: Int) {
    let lock = Lock()
    lock.with { _ = lock.wait(milliseconds: milliseconds) }
  }

  static func overtakenError(_ path: String, _ holder: Int32?) -> StoreError {
    let who = holder.map { "process \($0)" } ?? "another process"
    return StoreError(
      .busy, "\(who) is writing \(path) and has replaced what this snapshot needs: read again")
  }

  /// Whether opening for reading is worth another try, as another process writes the file; waits
  /// a moment then.
  static func mayTryAgain(
    _ path: String, _ file: any StorageFile, _ error: StoreError, attempt: Int
  ) throws(StoreError) -> Bool {
    guard [.corrupt, .notFound, .busy].contains(error.code) else { return false }
    guard let other = try file.otherWriter() else {
      // The file and the log may have been read a moment apart, before and after a writer's end.
      return attempt < 3
    }
    guard attempt < 10 else {
      if case .held(let holder) = other { throw overtakenError(path, holder) }
      return false
    }
    sleep(milliseconds: 1 << min(attempt, 6))
    return true
  }
}
