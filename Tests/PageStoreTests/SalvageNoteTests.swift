import CareFSTestSupport
import Testing

@testable import PageStore

/// What is left of a damaged file, and what is said of the rest.
@Suite struct SalvageNoteTests {
  private static let path = "salvage.carefs"
  private let values = (0..<10 as Range<UInt64>).map { $0 + 100 }

  private var options: PagerOptions {
    var options = PagerOptions()
    options.pageSize = 4_096
    options.segmentSize = 64 << 10
    options.hasBackgroundCheckpoints = false
    return options
  }

  /// Ten pages that the page file has, and then a commit in the log for each of them: as it was
  /// before the close, or after it.
  private func written(closes: Bool) throws -> SimulatedFileSystem {
    let files = SimulatedFileSystem()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options)
    var tx = try pager.beginWrite()
    for _ in values { _ = try tx.allocate(kind: .tree, owner: 7) }
    try tx.commit()
    try pager.checkpoint()
    for (place, value) in values.enumerated() {
      tx = try pager.beginWrite()
      try setValue(tx, Pager.firstPage + UInt32(place), value)
      try tx.commit()
    }
    let before = files.copy()
    try pager.close()
    return closes ? files : before
  }

  private func spoil(_ files: SimulatedFileSystem, _ path: String, _ range: Range<Int>) throws {
    var bytes = try #require(files.contents(of: path))
    for place in range { bytes[place] ^= 0x5A }
    files.setContents(of: path, bytes)
  }

  private func salvaged(
    _ files: SimulatedFileSystem
  ) throws -> (values: [UInt64], pager: Pager) {
    let pager = try Pager.salvage(path: Self.path, fileSystem: files, options: options)
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    return (try values.indices.map { try value(tx, Pager.firstPage + UInt32($0)) }, pager)
  }

  /// Without a sound header the log still gives all, and no loss is told of.
  @Test func aSoundLogGivesAllWithoutTheHeaders() throws {
    let files = try written(closes: false)
    try spoil(files, Self.path, 0..<8_192)
    let (found, pager) = try salvaged(files)
    #expect(found == values)
    #expect(pager.lossNote == nil)
    #expect(pager.headerNote?.contains("both copies") == true)
  }

  /// One byte of the second copy is wrong, all of the first: it is still known whose pages these
  /// are.
  @Test func aDamagedCopyOfTheHeaderNamesTheFile() throws {
    let files = try written(closes: true)
    try spoil(files, Self.path, 0..<4_096)
    try spoil(files, Self.path, 4_096 + 144..<4_096 + 145)
    let (found, pager) = try salvaged(files)
    #expect(found == values)
    #expect(pager.lossNote == nil)
  }

  /// A gap in the middle of the log costs what stood there; what follows is taken, the loss said.
  @Test func aGapInTheLogIsToldOf() throws {
    let files = try written(closes: false)
    let log = Self.path + "-wal"
    let bytes = try #require(files.contents(of: log))
    let groups = stride(from: 4_096, to: bytes.count, by: 4_096).filter { at in
      bytes.withUnsafeBytes { $0.baseAddress?.u32(at) == LogFormat.recordMagic }
    }
    try #require(groups.count > 9)
    let lost = groups[groups.count - 5]
    try spoil(files, log, lost..<lost + 4_096)
    let (found, pager) = try salvaged(files)
    #expect(found.filter { $0 == 0 }.count == 1)
    #expect(pager.lossNote?.contains("and 1 gaps") == true)
    #expect(pager.lossNote?.contains("the log has 0 ") == false)
  }

  /// A log of nothing but zeros is not the one that the file was written with.
  @Test func aBlankLogIsToldOf() throws {
    let files = try written(closes: false)
    let log = Self.path + "-wal"
    let size = try #require(files.contents(of: log)?.count)
    files.setContents(of: log, [UInt8](repeating: 0, count: size))
    let (found, pager) = try salvaged(files)
    #expect(found == [UInt64](repeating: 0, count: values.count))
    #expect(pager.lossNote?.contains("blank") == true, "\(pager.lossNote ?? "")")
  }

  /// Where nobody can say how long the page file is, the log is taken all the same.
  @Test func aFileWithoutASizeGivesWhatTheLogHas() throws {
    let files = Sizeless(try written(closes: false))
    let pager = try Pager.salvage(path: Self.path, fileSystem: files, options: options)
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    let found = try values.indices.map { try value(tx, Pager.firstPage + UInt32($0)) }
    #expect(found == values)
    #expect(pager.lossNote?.contains(Sizeless.message) == true, "\(pager.lossNote ?? "")")
  }
}

/// Files the first of which has no size that can be asked for.
private final class Sizeless: ForwardingFileSystem {
  static let message = "nobody knows the size"
  let base: SimulatedFileSystem

  init(_ base: SimulatedFileSystem) { self.base = base }

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    let file = try base.open(path, mode)
    return path.hasSuffix("-wal") ? file : SizelessFile(file)
  }
}

private final class SizelessFile: ForwardingFile {
  let base: any StorageFile

  init(_ base: any StorageFile) { self.base = base }

  func size() throws(StoreError) -> UInt64 { throw StoreError(.io, Sizeless.message, errno: 5) }
}
