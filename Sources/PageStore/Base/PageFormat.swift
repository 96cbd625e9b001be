/// The number of a page: its place in the file is `number * pageSize`.
public typealias PageNumber = UInt32

/// A position in the stream of the write-ahead log. 64 bits, never reused.
public typealias LSN = UInt64

/// What a page holds, as its header says.
@frozen public struct PageKind: RawRepresentable, Sendable, Hashable {
  /// The number in the page header.
  public var rawValue: UInt8
  /// The kind with a number; a file may hold kinds that this version does not know.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// One of the two copies of the file header (pages 0 and 1).
  @inlinable public static var header: PageKind { PageKind(rawValue: 1) }
  /// A bitmap of pages in use.
  @inlinable public static var freeMap: PageKind { PageKind(rawValue: 2) }
  /// A node of an ordered map.
  @inlinable public static var tree: PageKind { PageKind(rawValue: 3) }
  /// The continuation of a long key or value.
  @inlinable public static var overflow: PageKind { PageKind(rawValue: 4) }
}

/// The header that every page begins with.
///
///     0        8      12   13    14     16       24      28      32
///     | check  | page |kind|flags| zero | LSN    | owner | zero  | content ...
///
/// All integers are little-endian. `check` is XXH64 over bytes 8 to the page's end, seeded
/// with the file's id and the page's number, so that a torn, misdirected, foreign or rotten page
/// is told from a sound one.
public enum PageHeader {
  /// Bytes before the content.
  public static let size = 32
  static let checksum = 0
  static let number = 8
  static let kind = 12
  static let lsn = 16
  static let owner = 24
}

/// Bounds that hold for every file.
public enum PageLimits {
  /// Page sizes that a file may be created with.
  public static let pageSizes = [4096, 8192, 16384, 32768, 65536]
  /// The page size of a new file unless another is asked for.
  public static let defaultPageSize = 8192
  /// The most pages that a file may have.
  public static let maximumPageCount: UInt32 = .max - 65_536
  /// What numbers that only ever grow stay below: log positions, commits, sequences of headers. No
  /// life of a file is long enough to count so far, so more is damage, and sums do not overflow.
  static let maximumCount: UInt64 = 1 << 62
}

extension UnsafeRawPointer {
  @inline(__always) func u8(_ at: Int) -> UInt8 { load(fromByteOffset: at, as: UInt8.self) }
  @inline(__always) func u16(_ at: Int) -> UInt16 {
    UInt16(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt16.self))
  }
  @inline(__always) func u32(_ at: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt32.self))
  }
  @inline(__always) func u64(_ at: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always) func set8(_ at: Int, _ v: UInt8) {
    storeBytes(of: v, toByteOffset: at, as: UInt8.self)
  }
  @inline(__always) func set16(_ at: Int, _ v: UInt16) {
    storeBytes(of: v.littleEndian, toByteOffset: at, as: UInt16.self)
  }
  @inline(__always) func set32(_ at: Int, _ v: UInt32) {
    storeBytes(of: v.littleEndian, toByteOffset: at, as: UInt32.self)
  }
  @inline(__always) func set64(_ at: Int, _ v: UInt64) {
    storeBytes(of: v.littleEndian, toByteOffset: at, as: UInt64.self)
  }
  @inline(__always) var readable: UnsafeRawPointer { UnsafeRawPointer(self) }
}
