import Testing

@testable import PageStore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Files of the operating system: what it refuses, and how that is told.
@Suite struct SystemFileTests {
  private let system = PosixFileSystem.shared
  private let folder: String

  init() throws {
    var name = temporaryTemplate("carefs-system")
    try #require(mkdtemp(&name) != nil)
    folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func removeAll() {
    for name in ["a", "b", "folder", "link"] { unlink(folder + "/" + name) }
    rmdir(folder + "/folder")
    rmdir(folder)
  }

  private func expect(
    _ codes: StoreError.Code..., line: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    #expect(sourceLocation: line) {
      try body()
    } throws: {
      ($0 as? StoreError).map { codes.contains($0.code) && $0.errno != nil } ?? false
    }
  }

  @Test func whatIsNotThere() throws {
    defer { removeAll() }
    let path = folder + "/none"
    expect(.notFound) { _ = try system.open(path, .readOnly) }
    expect(.notFound) { _ = try system.open(path + "/x", .createNew) }
    expect(.notFound) { try system.rename(path, to: folder + "/a") }
    expect(.notFound) { try system.remove(path) }
    expect(.notFound) { try system.syncDirectory(of: path + "/x") }
    expect(.notFound) { _ = try system.canonicalPath(path) }
    #expect(try system.identity(of: path) == nil)
    #expect(system.freeBytes(at: path + "/x") == nil)
    #expect((system.freeBytes(at: path) ?? 0) > 0)
  }

  @Test func whatIsInTheWay() throws {
    defer { removeAll() }
    let path = folder + "/a"
    try system.open(path, .createNew).close()
    expect(.exists) { _ = try system.open(path, .createNew) }
    symlink(path, folder + "/link")
    expect(.notADatabase) { _ = try system.open(folder + "/link", .readWrite) }
    #expect(try system.canonicalPath(folder + "/link") == (try system.canonicalPath(path)))
    mkdir(folder + "/folder", 0o700)
    expect(.notADatabase) { _ = try system.open(folder + "/folder", .readWrite) }
    #expect { _ = try system.open(folder + "/folder", .readOnly) } throws: {
      ($0 as? StoreError)?.code == .notADatabase
    }
    // A name that is longer than names may be, and one through a file.
    let long = folder + "/" + String(repeating: "n", count: 300)
    expect(.io) { _ = try system.identity(of: long) }
    #expect(try system.identity(of: path + "/x") == nil)
  }

  @Test func foldersOfPaths() {
    #expect(PosixFileSystem.folder(of: "a") == ".")
    #expect(PosixFileSystem.folder(of: "/a") == "/")
    #expect(PosixFileSystem.folder(of: "/a/b") == "/a")
    #expect(PosixFileSystem.folder(of: "a/b/c") == "a/b")
  }

  @Test func filesReadAndWriteTheirBytes() throws {
    defer { removeAll() }
    let path = folder + "/a"
    let file = try system.open(path, .createNew)
    try [UInt8](arrayLiteral: 1, 2, 3).withUnsafeBytes { try file.write($0, at: 5) }
    try file.write(UnsafeRawBufferPointer(start: nil, count: 0), at: 100)
    #expect(try file.size() == 8)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
    defer { buffer.deallocate() }
    #expect(try file.read(into: buffer, at: 5) == 3)
    #expect(Array(buffer[..<3]) == [1, 2, 3])
    #expect(try file.read(into: buffer, at: 100) == 0)
    let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    #expect(try file.read(into: none, at: 0) == 0)
    for place in [1 << 61, .max] as [UInt64] {
      #expect { _ = try file.read(into: buffer, at: place) } throws: {
        ($0 as? StoreError)?.code == .tooLarge
      }
      #expect { try file.write(UnsafeRawBufferPointer(buffer), at: place) } throws: {
        ($0 as? StoreError)?.code == .tooLarge
      }
    }
    try file.reserve(upTo: 4)
    #expect(try file.size() == 8)
    try file.reserve(upTo: 9_000)
    #expect(try file.size() == 9_000)
    try file.truncate(to: 4)
    #expect(try file.size() == 4)
    try file.sync()
    try system.rename(path, to: folder + "/b")
    try system.syncDirectory(of: path)
    let other = try system.open(folder + "/b", .readOnly)
    #expect(try other.identity().inode == file.identity().inode)
    other.close()
    file.close()
    file.close()
    #expect { _ = try file.read(into: buffer, at: 0) } throws: {
      ($0 as? StoreError)?.code == .closed
    }
  }

  /// Descriptors that were opened for reading take no bytes, and files no more than the system.
  @Test func readersOnlyRead() throws {
    defer { removeAll() }
    let path = folder + "/a"
    try system.open(path, .createNew).close()
    let file = try system.open(path, .readOnly)
    [UInt8](arrayLiteral: 1).withUnsafeBytes { bytes in
      expect(.io) { try file.write(bytes, at: 0) }
    }
    expect(.io) { try file.truncate(to: 8) }
    expect(.io) { try file.reserve(upTo: 8) }
    expect(.io) { _ = try file.lockForWriting() }
    #expect(try file.otherWriter() == nil)
    let writer = try system.open(path, .readWrite)
    guard case .acquired = try writer.lockForWriting() else {
      Issue.record("the file is locked")
      return
    }
    guard case .held(let holder)? = try file.otherWriter() else {
      Issue.record("the lock is not seen")
      return
    }
    // Who signed may be told to other processes only.
    #expect(holder == nil || holder == getpid())
    writer.close()
    #expect(try file.otherWriter() == nil)
    file.close()
  }

  /// Each name of a file would have a log of its own.
  @Test func filesOfTwoNamesAreNotWritten() throws {
    defer { removeAll() }
    let path = folder + "/a"
    var options = PagerOptions()
    options.pageSize = 4096
    try Pager.create(path: path, options: options).close()
    try #require(link(path, folder + "/b") == 0)
    let error = #expect(throws: StoreError.self) { try Pager.open(path: path, options: options) }
    #expect(error?.code == .busy)
    options.isReadOnly = true
    try Pager.open(path: path, options: options).close()
  }

  @Test func temporaryFilesHaveNoName() throws {
    defer { removeAll() }
    let file = try system.openTemporary(beside: folder + "/a")
    try [UInt8](arrayLiteral: 9).withUnsafeBytes { try file.write($0, at: 0) }
    #expect(try file.identity().linkCount == 0)
    #expect(try file.size() == 1)
    file.close()
    // The folder is empty: it can go.
    #expect(rmdir(folder) == 0)
  }

  #if os(Linux)
    /// Who has a file open for writing can be asked for by others: a record lock tells them.
    @Test func theWriterSignsItsLock() throws {
      defer { removeAll() }
      let file = try system.open(folder + "/a", .createNew)
      defer { file.close() }
      #expect(try file.lockForWriting() == .acquired)
      let inode = try file.identity().inode
      let list = try #require(fopen("/proc/locks", "r"))
      defer { fclose(list) }
      var lines: [String] = []
      var line = [CChar](repeating: 0, count: 512)
      while fgets(&line, 512, list) != nil {
        let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        lines.append(String(decoding: bytes, as: UTF8.self))
      }
      let isSigned = lines.contains {
        $0.contains("POSIX") && $0.contains(" \(getpid()) ") && $0.contains(":\(inode) ")
      }
      #expect(isSigned, "\(lines)")
    }
  #endif
}
