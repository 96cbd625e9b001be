private import CLZ4

/// Bytes that are common in the documents of a column, to which compressed blocks may refer.
///
/// Immutable once made, so threads share it.
final class DocumentDictionary: @unchecked Sendable {
  /// LZ4 cannot refer farther back.
  static let maximumLength = 65_536

  /// Names the contents: derived from them, never used for others within a file.
  let id: UInt32
  let base: UnsafeRawPointer
  let count: Int
  private let memory: UnsafeMutableRawPointer
  /// A compressor's state after it has read the dictionary; written only by `init`.
  private let state: UnsafeMutablePointer<LZ4_stream_t>

  /// Copies the bytes, at most ``maximumLength`` of them.
  init(id: UInt32, _ bytes: UnsafeRawBufferPointer) {
    self.id = id
    count = min(bytes.count, DocumentDictionary.maximumLength)
    memory = .allocate(byteCount: max(count, 1), alignment: 16)
    if let source = bytes.baseAddress { memory.copyMemory(from: source, byteCount: count) }
    base = UnsafeRawPointer(memory)
    state = .allocate(capacity: 1)
    LZ4_initStream(state, MemoryLayout<LZ4_stream_t>.size)
    LZ4_loadDict(
      state, memory.assumingMemoryBound(to: CChar.self), Int32(truncatingIfNeeded: count))
  }

  deinit {
    state.deallocate()
    memory.deallocate()
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Gives a compressor the state of having read the dictionary.
  /// Gives a compressor, whose memory begins at `stream`, the state of having read the dictionary.
  @inline(__always)
  func copyState(to stream: UnsafeMutableRawPointer) {
    stream.copyMemory(from: state, byteCount: MemoryLayout<LZ4_stream_t>.size)
  }
}
