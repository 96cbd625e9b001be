/// The bytes of documents, in the cells that rows hold and in the tree of a table's documents.
/// Integers are little-endian, except in keys.
///
/// A cell:
///
/// | offset | size | meaning |
/// |-------:|-----:|---|
/// | 0 | 1 | bits 0-3: form; bit 4: no member name occurs twice in the outermost object; others 0 |
///
/// | form | rest of the cell |
/// |-----:|---|
/// | 0 | the document itself |
/// | 3 | varint raw length, u32 checksum, LZ4 block |
/// | 5 | u32 dictionary id, varint raw length, u32 checksum, LZ4 block that uses the dictionary |
/// | 6 | u8 block shift, u64 document id, u64 raw length, u64 checksum: the document lies in the tree |
///
/// A checksum is the XXH64 of the raw bytes with seed 0, or its low 32 bits.
///
/// The tree, by the first byte of the key:
///
/// | key | value |
/// |---|---|
/// | 00 | u64 next document id |
/// | 01, u32 column id (big-endian) | u32 current dictionary id or 0, u64 documents seen at training |
/// | 02, u32 dictionary id (big-endian) | u32 raw length, u64 checksum, u8 form (0 or 3), bytes |
/// | 04, u64 document id, u32 block, u16 piece (all big-endian) | a piece of a block |
///
/// A document of the tree is divided into blocks of 2^shift raw bytes, the last one shorter; each is
/// compressed for itself. The pieces of a block, joined, are:
///
/// | offset | size | meaning |
/// |-------:|-----:|---|
/// | 0 | 1 | form: 0 raw, 3 LZ4, 5 LZ4 with a dictionary |
/// | 1 | 4 | dictionary id, or 0 |
/// | 5 | 4 | stored length: bytes from offset 13 on |
/// | 9 | 4 | checksum of the raw block |
/// | 13 | | the block |
enum DocumentFormat {
  // Any two forms differ in two bits, so that one flipped bit makes none of another.
  static let raw: UInt8 = 0
  static let block: UInt8 = 3
  static let dictionaryBlock: UInt8 = 5
  static let external: UInt8 = 6
  static let formMask: UInt8 = 0x0F
  static let uniqueMembers: UInt8 = 0x10

  static let externalLength = 26
  static let blockHeaderLength = 13

  /// The longest document.
  static let maximumLength = 1 << 30
  /// Documents are divided into blocks of 2 to this power; others are read as well.
  static let blockShift = 15
  static let blockShifts = 10...22

  /// Documents below this length are not worth compressing.
  static let leastCompressed = 32

  static let counterKey: [UInt8] = [0x00]
  static let columnMark: UInt8 = 0x01
  static let dictionaryMark: UInt8 = 0x02
  static let pieceMark: UInt8 = 0x04
  static let pieceKeyLength = 15
  /// Below this room a leaf is left as it is, in bytes.
  static let leastPiece = 160

  static func columnKey(_ column: UInt32) -> [UInt8] { key(columnMark, column) }
  static func dictionaryKey(_ id: UInt32) -> [UInt8] { key(dictionaryMark, id) }

  private static func key(_ mark: UInt8, _ number: UInt32) -> [UInt8] {
    [mark] + (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
  }

  /// Writes the key of a piece to 15 bytes.
  @inline(__always)
  static func writePieceKey(
    _ id: UInt64, block: UInt32, piece: UInt16, to target: UnsafeMutableRawPointer
  ) {
    target.storeBytes(of: pieceMark, as: UInt8.self)
    target.storeBytes(of: id.bigEndian, toByteOffset: 1, as: UInt64.self)
    target.storeBytes(of: block.bigEndian, toByteOffset: 9, as: UInt32.self)
    target.storeBytes(of: piece.bigEndian, toByteOffset: 13, as: UInt16.self)
  }

  /// The document id, block and piece of a key; nil for other keys.
  static func readPieceKey(_ key: UnsafeRawBufferPointer) -> (UInt64, UInt32, UInt16)? {
    guard key.count == pieceKeyLength, key[0] == pieceMark else { return nil }
    return (
      UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt64.self)),
      UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 9, as: UInt32.self)),
      UInt16(bigEndian: key.loadUnaligned(fromByteOffset: 13, as: UInt16.self))
    )
  }

  static func corrupt(_ what: String) -> RowError { .corrupt(what) }
}
