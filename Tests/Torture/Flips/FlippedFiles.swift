import CareFS
import PageStore

/// Files that never change, read with one bit the other way round.
final class FlippedFiles: FileSystem {
  /// Which bit of which file.
  struct Flip: Sendable {
    var path: String
    var offset: Int
    var mask: UInt8
  }

  private let contents: [String: [UInt8]]
  private let flip: Flip?

  init(_ contents: [String: [UInt8]], flip: Flip?) {
    self.contents = contents
    self.flip = flip
  }

  private static let refusal = StoreError(.permission, "these files are for reading only")

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    guard mode == .readOnly else { throw Self.refusal }
    guard let bytes = contents[path] else {
      throw StoreError(.notFound, "\(path) does not exist")
    }
    return FlippedFile(bytes, flip?.path == path ? flip : nil)
  }

  func rename(_ from: String, to: String) throws(StoreError) { throw Self.refusal }
  func remove(_ path: String) throws(StoreError) { throw Self.refusal }
  func syncDirectory(of path: String) throws(StoreError) { throw Self.refusal }

  func identity(of path: String) throws(StoreError) -> FileIdentity? {
    contents[path].map { _ in FlippedFile.identity }
  }

  func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    try MemoryFileSystem().openTemporary(beside: path)
  }

  func canonicalPath(_ path: String) throws(StoreError) -> String { path }
  func freeBytes(at path: String) -> UInt64? { nil }
}

/// One of them, open.
private final class FlippedFile: StorageFile {
  static let identity = FileIdentity(device: 1, inode: 1, linkCount: 1, isRegular: true)
  private let bytes: [UInt8]
  private let flip: FlippedFiles.Flip?

  init(_ bytes: [UInt8], _ flip: FlippedFiles.Flip?) {
    self.bytes = bytes
    self.flip = flip
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    let start = Int(clamping: offset)
    guard start < bytes.count else { return 0 }
    let count = min(buffer.count, bytes.count - start)
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
    }
    if let flip, flip.offset >= start, flip.offset < start + count {
      buffer[flip.offset - start] ^= flip.mask
    }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    throw StoreError(.permission, "these files are for reading only")
  }

  func truncate(to size: UInt64) throws(StoreError) {
    throw StoreError(.permission, "these files are for reading only")
  }

  func size() throws(StoreError) -> UInt64 { UInt64(bytes.count) }
  func sync() throws(StoreError) {}
  func lockForWriting() throws(StoreError) -> LockResult { .acquired }
  func identity() throws(StoreError) -> FileIdentity { Self.identity }
  func close() {}
}
