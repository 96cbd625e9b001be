import CareFS
import Foundation
import PageStore
import Synchronization

/// The system's files, under which from some moment on no checkpoint gets further than its first page,
/// as if the disk had become too slow: the log grows to its cap.
final class StalledCheckpoints: FileSystem {
  private let base = PosixFileSystem.shared
  private let stall = Stall()

  func begin() { stall.hasBegun.store(true, ordering: .relaxed) }

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    let file = try base.open(path, mode)
    return path.hasSuffix(".carefs") ? StalledPages(file, stall) : file
  }

  func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    try base.openTemporary(beside: path)
  }

  func rename(_ from: String, to: String) throws(StoreError) { try base.rename(from, to: to) }

  func remove(_ path: String) throws(StoreError) { try base.remove(path) }

  func syncDirectory(of path: String) throws(StoreError) { try base.syncDirectory(of: path) }

  func identity(of path: String) throws(StoreError) -> FileIdentity? {
    try base.identity(of: path)
  }

  func canonicalPath(_ path: String) throws(StoreError) -> String {
    try base.canonicalPath(path)
  }

  func freeBytes(at path: String) -> UInt64? { base.freeBytes(at: path) }
}

private final class Stall: Sendable {
  let hasBegun = Atomic(false)
}

/// A page file to which nothing but the header is written any more: such a write never returns.
/// Small commits do not write to it, only checkpoints do.
private final class StalledPages: StorageFile {
  /// The header's two copies.
  private static let headerBytes = 2 * UInt64(DatabaseOptions().pageSize)

  private let base: any StorageFile
  private let stall: Stall

  init(_ base: any StorageFile, _ stall: Stall) {
    self.base = base
    self.stall = stall
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    while offset >= Self.headerBytes, stall.hasBegun.load(ordering: .relaxed) {
      Thread.sleep(forTimeInterval: 60)
    }
    try base.write(bytes, at: offset)
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int { try base.read(into: buffer, at: offset) }

  func size() throws(StoreError) -> UInt64 { try base.size() }

  func truncate(to size: UInt64) throws(StoreError) { try base.truncate(to: size) }

  func reserve(upTo size: UInt64) throws(StoreError) { try base.reserve(upTo: size) }

  func beginWriteBack(_ count: Int, at offset: UInt64) { base.beginWriteBack(count, at: offset) }

  func sync() throws(StoreError) { try base.sync() }

  func lockForWriting() throws(StoreError) -> LockResult { try base.lockForWriting() }

  func otherWriter() throws(StoreError) -> LockResult? { try base.otherWriter() }

  func identity() throws(StoreError) -> FileIdentity { try base.identity() }

  func close() { base.close() }
}
