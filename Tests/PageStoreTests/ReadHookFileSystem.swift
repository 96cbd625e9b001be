import CareFSTestSupport
import PageStore

/// Simulated files of which a test sees, and may change, what is read.
final class ReadHookFileSystem: ForwardingFileSystem {
  /// What was read: the file's path, the place in it, the bytes with room behind them, their count.
  typealias Hook = @Sendable (String, UInt64, UnsafeMutableRawBufferPointer, Int) -> Void

  let base: SimulatedFileSystem
  fileprivate let hook: Hook

  init(_ base: SimulatedFileSystem, hook: @escaping Hook) {
    self.base = base
    self.hook = hook
  }

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    ReadHookFile(try base.open(path, mode), path, hook)
  }
}

private final class ReadHookFile: ForwardingFile {
  let base: any StorageFile
  private let path: String
  private let hook: ReadHookFileSystem.Hook

  init(_ base: any StorageFile, _ path: String, _ hook: @escaping ReadHookFileSystem.Hook) {
    self.base = base
    self.path = path
    self.hook = hook
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    let count = try base.read(into: buffer, at: offset)
    hook(path, offset, buffer, count)
    return count
  }
}
