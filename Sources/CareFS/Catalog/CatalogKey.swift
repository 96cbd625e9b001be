import BTree
import PageStore

/// The keys of the catalog tree: one kind byte, then the number of the table, big-endian.
enum CatalogKey {
  /// The id of the catalog tree itself.
  static let treeID: UInt32 = 1
  /// The first number that tables and indexes get.
  static let firstID: UInt32 = 2

  /// The kinds of entries. Others are left alone.
  enum Kind: UInt8 {
    /// Facts about the whole database; the key is this byte alone.
    case database = 0
    /// A table: JSON.
    case table = 1
    /// What changes with a table's rows: fixed fields.
    case counters = 2
  }

  static func bytes(_ kind: Kind, _ id: UInt32? = nil) -> [UInt8] {
    guard let id else { return [kind.rawValue] }
    return [kind.rawValue] + withUnsafeBytes(of: id.bigEndian) { Array($0) }
  }
}

/// What changes with the rows of a table: 24 bytes in the catalog, little-endian, at
/// `CatalogKey.Kind.counters`. More may follow them in later versions.
struct TableCounters: Sendable, Hashable {
  /// The number of rows.
  var rows: UInt64 = 0
  /// The automatic key that comes next; `Int64.min` when they have run out.
  var nextKey: Int64 = 1
  /// The number that the next large document gets.
  var nextDocument: UInt64 = 1

  static let size = 24

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count >= Self.size else { throw CatalogEntry.damaged("counters are cut short") }
    rows = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    nextKey = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self))
    nextDocument = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
  }

  /// Calls `body` with the stored form.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withUnsafeTemporaryAllocation(byteCount: Self.size, alignment: 8) { buffer in
      buffer.storeBytes(of: rows.littleEndian, toByteOffset: 0, as: UInt64.self)
      buffer.storeBytes(of: nextKey.littleEndian, toByteOffset: 8, as: Int64.self)
      buffer.storeBytes(of: nextDocument.littleEndian, toByteOffset: 16, as: UInt64.self)
      return try body(UnsafeRawBufferPointer(buffer))
    }
  }
}
