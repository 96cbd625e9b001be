/// The bytes of a row.
///
/// ```text
/// count | [flags] | codes | [null bits] | [external bits] | ends | coded fields | variable fields
/// ```
///
/// - count: a byte whose low seven bits say how many columns of the layout the row holds; 127: a
///   u16 after it says so. An older row holds fewer; the columns behind them read as the table's
///   defaults. Bit 7 is set when flags follow.
/// - codes: four bits for each coded field, see ``RowCode``; the first in the low bits of a byte.
/// - null bits, external bits, if flagged: one for each variable column, the first in the lowest
///   bit of the first byte. External: the field's bytes refer to a document that holds the value.
/// - ends: for each variable column (text, bytes, decimal, json, any) but the last one where its
///   field ends, counted from the first one; u8, or u16 or u32 where flagged.
/// - coded fields: int, double, bool, date, time, timestamp and uuid columns in the order of the
///   layout, each in as many bytes as its code says.
enum RowFormat {
  /// In the first byte: flags follow.
  static let hasFlags: UInt8 = 0x80
  /// The count in the first byte that says that a u16 holds it.
  static let wideCount = 0x7F
  /// Flags: the ends are u8, u16 or u32 by the value 0, 1 or 2.
  static let endSizes: UInt8 = 3
  /// Flag: the null bits are there.
  static let hasNulls: UInt8 = 4
  /// Flag: the external bits are there.
  static let hasExternal: UInt8 = 8
  /// Every flag.
  static let allFlags: UInt8 = 15

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

  /// How many codes a column of a type has: none if its field is a variable one.
  static func codes(_ type: ColumnType) -> Int32 {
    switch type {
    case .int, .date, .bool, .time, .double, .timestamp: 1
    case .uuid: 2
    case .text, .bytes, .decimal, .json, .any: 0
    }
  }
}
