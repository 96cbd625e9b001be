/// A point that a write transaction can return to.
public struct PageSavepoint: Sendable {
  let depth: Int
}

/// What it takes to return to a savepoint.
struct SavepointState {
  enum Undo {
    /// The bytes and log state that a private version had.
    case content(
      VersionPointer, copy: UnsafeMutableRawPointer, priorDepth: UInt32, loggedBytes: UInt32,
      isImage: Bool)
    /// A private version that `free` took out of use.
    case unlinked(VersionPointer)
  }

  var undo: [Undo] = []
  let changeBytes: Int
  let logPageCount: Int
  let ownedCount: Int
  let droppedCount: Int
  let imageCount: Int
  let pageCount: UInt32

  func discard() {
    for case .content(_, let copy, _, _, _) in undo { copy.deallocate() }
  }
}

extension PageTransaction {
  /// Marks a point to return to. Savepoints nest.
  public func savepoint() -> PageSavepoint {
    savepoints.append(
      SavepointState(
        changeBytes: changes.count, logPageCount: logPages.count, ownedCount: owned.count,
        droppedCount: dropped.count, imageCount: imageCount, pageCount: pageCount))
    selected = .max
    return PageSavepoint(depth: savepoints.count)
  }

  /// Undoes all since the savepoint and ends it and those inside it.
  public func rollback(to savepoint: PageSavepoint) throws(StoreError) {
    while savepoints.count >= savepoint.depth, let state = savepoints.popLast() {
      for undo in state.undo.reversed() {
        switch undo {
        case .content(let own, let copy, let priorDepth, let logged, let isImage):
          try bytes(ofOwn: own).copyMemory(from: copy, byteCount: pageSize)
          own.pointee.savepointDepth = priorDepth
          own.pointee.loggedBytes = logged
          own.pointee.isImageAtCommit = isImage
          copy.deallocate()
        case .unlinked(let own):
          table.entry(own.pointee.page)?.pointee.own = own.word
        }
      }
      for own in owned[state.ownedCount...] {
        if let entry = table.entry(own.pointee.page), entry.pointee.own == own.word {
          entry.pointee.own = 0
        }
        if own.bytes != nil { ownedInMemory -= 1 }
      }
      cache.lock.lock()
      for own in owned[state.ownedCount...] { giveBack(own) }
      cache.lock.unlock()
      owned.removeLast(owned.count - state.ownedCount)
      dropped.removeLast(dropped.count - state.droppedCount)
      // A page unlinked and allocated again within the savepoint is back to its first version.
      for case .unlinked(let own) in state.undo {
        table.entry(own.pointee.page)?.pointee.own = own.word
      }
      changes.count = state.changeBytes
      logPages.removeLast(logPages.count - state.logPageCount)
      imageCount = state.imageCount
      pageCount = state.pageCount
    }
    selected = .max
    edits &+= 1
    structureChanges &+= 1
    pager.freeSpace.forgetHints()
  }

  /// Ends a savepoint and those inside it, keeping their changes.
  public func release(_ savepoint: PageSavepoint) {
    while savepoints.count >= savepoint.depth, let state = savepoints.popLast() {
      let depth = UInt32(savepoints.count)
      for undo in state.undo {
        switch undo {
        case .content(let own, let copy, let priorDepth, _, _):
          own.pointee.savepointDepth = depth
          if depth > 0 && priorDepth < depth {
            savepoints[savepoints.count - 1].undo.append(undo)
          } else {
            copy.deallocate()
          }
        case .unlinked(let own):
          if let outer = savepoints.last, Int(own.pointee.logIndex) < outer.logPageCount {
            savepoints[savepoints.count - 1].undo.append(undo)
          }
        }
      }
      for own in owned[state.ownedCount...] { own.pointee.savepointDepth = depth }
    }
  }

  /// Keeps a copy of a private page before its first change since the innermost savepoint.
  func saveForUndo(_ own: VersionPointer, _ bytes: UnsafeMutableRawPointer) {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 64)
    copy.copyMemory(from: bytes, byteCount: pageSize)
    savepoints[savepoints.count - 1].undo.append(
      .content(
        own, copy: copy, priorDepth: own.pointee.savepointDepth,
        loggedBytes: own.pointee.loggedBytes, isImage: own.pointee.isImageAtCommit))
    own.pointee.savepointDepth = UInt32(savepoints.count)
  }
}
