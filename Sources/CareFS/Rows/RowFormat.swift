/// The bytes of a row.
///
/// ```text
/// count: u16 | flags: u8 | null bits | fixed fields | [external bits] | ends | variable fields
/// ```
///
/// - count: how many columns of the layout the row holds; an older row holds fewer. The columns
///   behind them read as the table's defaults.
/// - null bits: one for each column, the first in the lowest bit of the first byte; 1 is null.
/// - fixed fields: int, double, bool, date, time, timestamp and uuid columns in the order of the
///   layout. A null one is all zeros. Where every int of the row fits, ints take 4 bytes.
/// - external bits, if flagged: one for each variable column; 1 says that the field's bytes refer to
///   a document that holds the value.
/// - ends: for each variable column (text, bytes, decimal, json, any) where its field ends, counted
///   from the end of this table; u16, or u32 where flagged.
enum RowFormat {
  /// The bytes before the null bits.
  static let headerSize = 3
  /// Flag: the ends are u32.
  static let wideEnds: UInt8 = 1
  /// Flag: the external bits are there.
  static let hasExternal: UInt8 = 2
  /// Flag: ints take 8 bytes, not 4.
  static let wideInts: UInt8 = 4
  /// Every flag.
  static let allFlags: UInt8 = 7

  /// The most columns of a row.
  static let maximumColumns = 4_096

  /// The first byte of an `any` field: its kind. Truth values have no further byte.
  enum AnyMark {
    static let json: UInt8 = 1
    static let text: UInt8 = 2
    static let number: UInt8 = 3
    static let no: UInt8 = 4
    static let yes: UInt8 = 5
  }

  /// The size of a fixed field with 4-byte ints; nil for variable fields.
  static func fixedSize(_ type: ColumnType) -> Int? {
    switch type {
    case .int, .date: 4
    case .bool: 1
    case .time: 5
    case .double, .timestamp: 8
    case .uuid: 16
    case .text, .bytes, .decimal, .json, .any: nil
    }
  }
}
