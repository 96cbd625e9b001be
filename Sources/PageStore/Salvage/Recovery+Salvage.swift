extension Recovery {
  /// Applies what is sound of a damaged log. A page whose chain of changes has a gap stays at the
  /// newest state that the page file or an image has.
  ///
  /// - Parameter isAnchored: Whether the header's checkpoint is to be trusted.
  func salvage(_ log: LogReader, isAnchored: Bool) -> LogSalvage {
    // Without a size, as many pages as a file of no bytes may have.
    bytesOfFiles = (try? size(with: log)) ?? 0
    var found = salvagePass(log, isAnchored)
    if !images.isEmpty {
      forgetPages()
      found = salvagePass(log, isAnchored)
    }
    dropScattered()
    return found
  }

  /// Pages that lack changes which the log no longer has.
  var outdatedCount: Int { outdated.union(baseless).count }

  private func salvagePass(_ log: LogReader, _ isAnchored: Bool) -> LogSalvage {
    log.salvage(
      from: isAnchored ? header.checkpointLSN : 0, salt: isAnchored ? header.salt : nil
    ) { record in
      do throws(StoreError) {
        switch record.kind {
        case LogFormat.RecordKind.commit: try self.replay(record)
        case LogFormat.RecordKind.images: try self.takeImages(record)
        default: break
        }
        self.lastLSN = max(self.lastLSN, record.lsn)
      } catch {
        self.distrustPages(of: record)
      }
    }
  }

  /// Leaves the pages of a commit that could not be applied to what the page file has of them.
  private func distrustPages(of record: LogRecord) {
    guard record.kind == LogFormat.RecordKind.commit,
      let commit = try? CommitPayload(record.payload)
    else { return }
    for index in 0..<commit.tableCount {
      let number = commit.entry(index).page
      if pages[number] != nil { forgetBase(of: number) }
    }
  }
}
