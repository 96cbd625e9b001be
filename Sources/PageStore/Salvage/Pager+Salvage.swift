/// What a page is, as its own header says.
public struct PageIdentity: Sendable, Hashable {
  /// Its kind.
  public var kind: PageKind
  /// The tree that it belongs to.
  public var owner: UInt32
  /// The LSN of its last change.
  public var lsn: LSN
}

/// Which pages of a damaged file are in use, map by map: what the numbers of pages claim takes neither
/// time nor memory.
public struct SalvagedSpace: Sendable {
  private let span: UInt32
  /// For each map that could be read: the pages in use, counted from the first that it covers.
  private var maps: [UInt32: PageSet] = [:]
  /// Maps that cannot be read: the pages that they cover may be in use or free.
  private var doubtful: Set<UInt32> = []

  init(span: UInt32) { self.span = span }

  /// Whether a page is in use; nil when nothing tells.
  public func isUsed(_ page: PageNumber) -> Bool? {
    let (index, place) = page.quotientAndRemainder(dividingBy: span)
    return doubtful.contains(index) ? nil : maps[index]?.contains(place) ?? false
  }

  /// Takes the bits of a map, or nil when it cannot be read.
  mutating func take(_ index: UInt32, _ map: UnsafeRawPointer?) {
    guard let map else {
      doubtful.insert(index)
      return
    }
    var used = PageSet()
    for at in 0..<Int(span / 8) {
      var byte = map.u8(at)
      while byte != 0 {
        used.insert(UInt32(at * 8 + byte.trailingZeroBitCount))
        byte &= byte &- 1
      }
    }
    maps[index] = used
  }
}

extension Pager {
  /// Opens a store, however damaged, for saving what it holds; changes nothing on disk.
  ///
  /// Where a header or a part of the log is damaged, what is left is taken, and said in ``headerNote``
  /// and ``lossNote``. After a loss the pages are of no common moment: one whose newest changes are
  /// lost is there as it was before them.
  ///
  /// - Throws: `busy` while another process writes the file; `corrupt` or `notADatabase` when nothing
  ///   tells what file it is.
  public static func salvage(
    path: String, fileSystem: any FileSystem = PosixFileSystem.shared,
    options: PagerOptions = PagerOptions()
  ) throws(StoreError) -> Pager {
    let canonical = try fileSystem.canonicalPath(path)
    var options = options
    options.isReadOnly = true
    let file = try fileSystem.open(canonical, .readOnly)
    do throws(StoreError) {
      if case .held(let holder)? = try file.otherWriter() { throw heldError(path, holder) }
      let found = try SalvagedHeader.find(canonical, file, fileSystem)
      let pager = Pager(
        path: canonical, file: file, fileSystem: fileSystem, options: options,
        header: found.header, identity: try file.identity())
      pager.headerNote = found.note
      pager.salvageLog(isAnchored: found.isAnchored)
      pager.admitEveryPage()
      return pager
    } catch {
      file.close()
      throw error
    }
  }

  /// Takes what is sound of the log.
  private func salvageLog(isAnchored: Bool) {
    do throws(StoreError) {
      guard try fileSystem.identity(of: Self.logPath(path)) != nil else {
        if !header.isClosedCleanly {
          lossNote = "the log is missing: commits since the last checkpoint are lost"
        }
        return
      }
      let logFile = try fileSystem.open(Self.logPath(path), .readOnly)
      defer { logFile.close() }
      let reader = try LogReader(
        file: logFile, fileID: header.fileID, timeline: header.timeline,
        segmentSize: Int(header.segmentSize), skipsUnreadable: true)
      var damage: String?
      if isAnchored {
        do throws(StoreError) { return try takeWhole(reader) } catch { damage = error.message }
      }
      let recovery = Recovery(
        file: file, header: header, cache: cache, keepsOutdated: true)
      let found = recovery.salvage(reader, isAnchored: isAnchored)
      // What is missing at the log's end is no gap.
      if damage != nil || found.gapCount > 0 || recovery.outdatedCount > 0 {
        lossNote =
          "the log has \(found.groupCount) sound groups of commits and \(found.gapCount) gaps; "
          + "\(recovery.outdatedCount) pages lack changes" + (damage.map { " (\($0))" } ?? "")
      }
      install(recovery)
    } catch {
      lossNote = "the log cannot be read (\(error.message)): what only it held is lost"
    }
  }

  /// Takes a log that reads as one should, and says what opening would refuse.
  private func takeWhole(_ reader: LogReader) throws(StoreError) {
    guard reader.unreadableCount == 0 else {
      throw StoreError(.io, "\(reader.unreadableCount) segments of it cannot be read")
    }
    let recovery = Recovery(file: file, header: header, cache: cache)
    let scan = try recovery.run(reader)
    if !header.isClosedCleanly, reader.segmentCount < Int(header.logSegments) {
      lossNote = "the log is cut off: it had \(header.logSegments) segments at least"
    } else if !header.isClosedCleanly, !reader.isBegun {
      lossNote = "the log is blank: it is another than the file was written with"
    } else if let page = recovery.newerPage {
      lossNote = "page \(page) is newer than the log: the two are not of one moment"
    } else if scan.droppedBytes > 0 {
      lossNote =
        "the last \(scan.droppedBytes) bytes of the log are torn: of a commit that was never "
        + "acknowledged, or damaged since"
    }
    install(recovery)
  }

  /// Lets a snapshot see pages of whatever LSN.
  private func admitEveryPage() {
    cache.lock.with {
      visibleLSN = .max >> 1
      publishedLSN = visibleLSN
      durableLSN = visibleLSN
      visibleState.lsn = visibleLSN
    }
  }
}

extension PageTransaction {
  /// What a page is, whatever it is.
  ///
  /// - Throws: `corrupt` when it cannot be read or is not sound.
  public func identify(_ number: PageNumber) throws(StoreError) -> PageIdentity {
    enter()
    defer { leave() }
    let base = UnsafeRawPointer(try pager.load(number, snapshot: snapshot))
    return PageIdentity(
      kind: PageKind(rawValue: base.u8(PageHeader.kind)), owner: base.u32(PageHeader.owner),
      lsn: base.u64(PageHeader.lsn))
  }

  /// Which pages are in use, by the maps as far as they can be read.
  public func salvagedSpace() throws(StoreError) -> SalvagedSpace {
    let maps = pager.freeSpace
    var space = SalvagedSpace(span: maps.span)
    let inFile = try salvagedFileEnd()
    let first = (max(inFile, 3) - 3) / maps.span
    // Behind the file's end there is only what the log has.
    let behind = Set(pager.dirtyPages.lazy.map { $0 / maps.span }.filter { $0 > first })
    for index in Array(0...first) + behind.sorted() {
      enter()
      defer { leave() }
      do throws(StoreError) {
        let map = try page(maps.mapPage(index), kind: .freeMap, owner: FreeSpace.owner)
        space.take(index, map + PageHeader.size)
      } catch {
        space.take(index, nil)
      }
    }
    return space
  }

  /// Calls `body` with the number of each page that the page file or the log may have.
  public func forEachSalvaged(_ body: (PageNumber) throws -> Void) throws {
    let inFile = try salvagedFileEnd()
    for number in 2..<max(inFile, 2) { try body(number) }
    for number in pager.dirtyPages where number >= inFile { try body(number) }
  }

  private func salvagedFileEnd() throws(StoreError) -> PageNumber {
    let pages = try pager.file.size() / UInt64(pageSize)
    return PageNumber(min(pages, UInt64(PageLimits.maximumPageCount)))
  }
}
