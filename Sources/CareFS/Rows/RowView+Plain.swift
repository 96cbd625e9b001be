/// Where a column lies in rows, for the fast ways of reading one.
struct RowField {
  /// The column's place in rows; the highest number if it is in none.
  var column: Int32
  /// The number of its first code, or its number among the variable fields.
  var place: Int32

  /// A column that no row holds.
  static let none = RowField(column: .max, place: 0)
}

/// The usual rows and fields, with few tests: nil sends the caller to the way for all of them, which
/// tells what is wrong, too.
extension RowView {
  /// The usual row: a header of one byte without flags, and the codes in one word.
  @inline(__always)
  init(
    plain base: UnsafeRawPointer, _ size: Int, columns: Int,
    _ extent: UnsafePointer<RowLayout.Extent>, _ plan: UnsafePointer<RowLayout.Plan>
  ) throws(RowError) {
    let word =
      UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
      & extent.pointee.codeBytes
    guard word & ~extent.pointee.codeBits == 0 else { throw .corrupt("code of no field in a row") }
    let sizes = RowCode.sizes(word, moments: plan.pointee.moments[0])
    let start = extent.pointee.plainStart
    let end = Int(start) &+ RowCode.sum(sizes)
    guard end <= size, extent.pointee.variables > 0 || end == size else {
      throw .corrupt("row is shorter or longer than its fields")
    }
    self.plan = plan
    self.base = base
    self.size = size
    data = end
    codes = word
    self.sizes = sizes
    self.columns = Int32(truncatingIfNeeded: columns)
    variables = extent.pointee.variables
    codeStart = 1
    nulls = 0
    external = 0
    ends = start &- max(variables &- 1, 0)
    fixed = start
    endShift = 0
  }

  /// An int that is not null, whose code is in the first word and whose field does not end the row;
  /// nil else.
  @inline(__always)
  func plainInt(_ field: RowField) -> Int64? {
    guard field.column < columns, field.place < RowCode.perWord else { return nil }
    let code = code(Int(field.place))
    if code > RowCode.special {
      return code == RowCode.null ? nil : Int64(bitPattern: code &- RowCode.special)
    }
    guard let bits = firstBits(Int(field.place), size: code) else { return nil }
    return code == 0 ? 0 : Int64(bitPattern: bits) &>> Int64(truncatingIfNeeded: 64 &- code &* 8)
  }

  /// The bytes of a variable field of a row without nulls and references to documents; nil else,
  /// and where the row is damaged, which `field` tells.
  @inline(__always)
  func plainField(_ field: RowField) -> UnsafeRawBufferPointer? {
    guard field.column < columns, nulls | external == 0 else { return nil }
    return span(Int(field.place))
  }

  /// The bytes of a text in the same case, by its column.
  @inline(__always)
  func plainText(_ column: Int) -> UnsafeRawBufferPointer? {
    guard column >= 0, column < stored else { return nil }
    let slot = plan.pointee.slots[column]
    guard slot.type == .text else { return nil }
    return plainField(RowField(column: Int32(truncatingIfNeeded: column), place: slot.place))
  }

  /// The bytes of the field of one of the first word's codes at the high end of a word, where the
  /// row goes on for a word from there; of a field without bytes no use.
  @inline(__always)
  func firstBits(_ index: Int, size bytes: UInt64) -> UInt64? {
    let before = sizes & ((1 &<< UInt64(truncatingIfNeeded: index &* 4)) &- 1)
    let place = Int(fixed) &+ RowCode.sum(before)
    guard place &+ 8 <= size else { return nil }
    let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    return word &<< (64 &- bytes &* 8)
  }
}
