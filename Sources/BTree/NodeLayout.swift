/// Where things lie in a tree page.
///
/// ```
///   0          32         48          48 + s n      cell start        key prefix
///   +----------+----------+-----------+--------------+----------------+--------+ content end
///   | page     | node     | slots     | free space   | cells, newest  | prefix |
///   | header   | header   | in key    |              | lowest, with   | bytes  |
///   |          |          | order     |              | gaps           |        |
///   +----------+----------+-----------+--------------+----------------+--------+
/// ```
///
/// Node header (integers are little-endian):
///
/// | offset | size | meaning |
/// |-------:|-----:|---|
/// | 32 | 1 | level: 0 for a leaf, one more than the children's for an inner node, at most 63 |
/// | 33 | 1 | bytes of a slot's head: 4 or 2 |
/// | 34 | 2 | number of slots, n |
/// | 36 | 2 | cell start: offset of the lowest cell byte; 0 means 65,536 |
/// | 38 | 2 | gap bytes: those between cell start and prefix that belong to no cell |
/// | 40 | 2 | prefix length: bytes that all keys of the page begin with |
/// | 42 | 2 | 0 |
/// | 44 | 4 | inner node: page of the leftmost child; leaf: 0 |
///
/// Slot, s bytes: the key head (4 or 2), then the cell's offset in the page (2). The head holds the
/// first bytes of the local key after the prefix, padded with zeros, as a number whose most
/// significant byte is the first key byte; heads therefore order as keys do, and only equal heads
/// need a look at the cells. Cells hold only what comes after the head.
///
/// Heads of 2 bytes suit pages whose keys have no more than that after the prefix, as ascending
/// numbers have.
///
/// Leaf cell:
///
/// ```
///   varint  2 * (key length - prefix length), plus 1 if the value is not empty
///   varint  value length                              only if that is not 0
///   bytes   local key after prefix and head
///   u32     first overflow page of the key's rest     only if key length > local key limit
///   bytes   local value
///   u32     first overflow page of the value's rest   only if value length > local value length
/// ```
///
/// Inner cell: the child holds keys that are not below the cell's separator.
///
/// ```
///   u32     child page
///   varint  separator length - prefix length
///   bytes   local separator after prefix and head
///   u32     first overflow page of its rest           only if longer than the local key limit
/// ```
///
/// A varint holds seven bits a byte, the lowest first; all bytes but the last have bit 7 set.
/// How much of a key or value is local follows from its length alone, see ``Geometry``.
enum NodeLayout {
  static let level = 32
  static let headSize = 33
  static let count = 34
  static let cellStart = 36
  static let gapBytes = 38
  static let prefixLength = 40
  static let leftmostChild = 44
  static let slots = 48

  /// Bytes of a cell's offset in its slot, after the head.
  static let slotCellSize = 2
  static let childSize = 4
  static let chainSize = 4

  /// Offset and size of the part of the header that every insert and delete rewrites:
  /// count, cell start and gap bytes.
  static let counters = count
  static let countersSize = 6

  static let maxLevel = 63
}

/// Where things lie in an overflow page: the rest of a long key or value.
///
/// | offset | size | meaning |
/// |-------:|-----:|---|
/// | 32 | 4 | next overflow page of the chain, 0 in the last |
/// | 36 | 4 | remaining: bytes of the chain from this page on |
/// | 40 | min(remaining, content end - 40) | data |
enum OverflowLayout {
  static let next = 32
  static let remaining = 36
  static let data = 40
}
