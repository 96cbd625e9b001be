private import CLZ4

/// Compresses and expands blocks of at most ``BlockCodec/maximumRawLength`` bytes with LZ4.
///
/// One thread uses it at a time. It keeps the compressor's working memory between blocks.
final class BlockCodec {
  /// The longest block, in bytes before compression.
  static let maximumRawLength = 1 << 22
  /// LZ4 expands a block at most 255 times.
  static let maximumRatio = 255

  /// Bytes of working memory.
  static let memory = MemoryLayout<LZ4_stream_t>.size

  private let stream: UnsafeMutablePointer<LZ4_stream_t>

  init() {
    stream = .allocate(capacity: 1)
    LZ4_initStream(stream, MemoryLayout<LZ4_stream_t>.size)
  }

  deinit { stream.deallocate() }

  /// Compresses a block.
  ///
  /// - Parameters:
  ///   - target: takes at most `limit` bytes.
  ///   - dictionary: bytes that the block may refer to, and that expanding it will need.
  /// - Returns: the compressed length; nil if it would exceed `limit`.
  func compress(
    _ block: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer, limit: Int,
    dictionary: DocumentDictionary? = nil
  ) -> Int? {
    guard let source = block.baseAddress, block.count <= BlockCodec.maximumRawLength, limit > 0
    else { return nil }
    let from = source.assumingMemoryBound(to: CChar.self)
    let to = target.assumingMemoryBound(to: CChar.self)
    let count = Int32(truncatingIfNeeded: block.count)
    let room = Int32(truncatingIfNeeded: min(limit, BlockCodec.maximumRawLength * 2))
    let length: Int32
    if let dictionary {
      // A copy of the prepared state costs less than indexing the dictionary for each block.
      dictionary.copyState(to: stream)
      length = LZ4_compress_fast_continue(stream, from, to, count, room, 1)
    } else {
      length = LZ4_compress_fast_extState(stream, from, to, count, room, 1)
    }
    return length > 0 ? Int(length) : nil
  }

  /// Expands a block into exactly `rawLength` bytes; false if it does not give them.
  static func expand(
    _ block: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer, rawLength: Int,
    dictionary: DocumentDictionary? = nil
  ) -> Bool {
    guard let source = block.baseAddress, rawLength > 0, plausible(rawLength, from: block.count)
    else { return false }
    let from = source.assumingMemoryBound(to: CChar.self)
    let to = target.assumingMemoryBound(to: CChar.self)
    let count = Int32(truncatingIfNeeded: block.count)
    let room = Int32(truncatingIfNeeded: rawLength)
    let length: Int32
    if let dictionary {
      length = LZ4_decompress_safe_usingDict(
        from, to, count, room, dictionary.base.assumingMemoryBound(to: CChar.self),
        Int32(truncatingIfNeeded: dictionary.count))
    } else {
      length = LZ4_decompress_safe(from, to, count, room)
    }
    return length == room
  }

  /// Whether a block of `stored` bytes can expand to `rawLength` bytes at all: asked before any
  /// memory is taken for it.
  static func plausible(_ rawLength: Int, from stored: Int) -> Bool {
    guard rawLength >= 0, stored > 0, rawLength <= maximumRawLength,
      stored <= maximumRawLength * 2
    else { return false }
    return rawLength <= stored * maximumRatio
  }
}
