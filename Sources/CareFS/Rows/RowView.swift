/// Reads single fields of a row in place.
///
/// It is valid as long as the bytes and the layout are. All sizes are checked when it is made and
/// at each variable field, so damaged bytes throw and never reach beyond the row. Asking for a
/// column as another type than its own throws `typeMismatch`. A null field reads as zero or as no
/// bytes.
struct RowView {
  let plan: UnsafePointer<RowLayout.Plan>
  let base: UnsafeRawPointer
  /// The size of the row, and where its variable fields begin.
  let size: Int
  let data: Int
  /// The first word of codes, and the sizes of their fields.
  let codes: UInt64
  let sizes: UInt64
  /// How many columns the row holds, and how many of them are variable ones.
  let columns: Int32
  let variables: Int32
  /// Where the parts before the variable fields begin; 0 of those that are not there.
  let codeStart: Int32
  let nulls: Int32
  let external: Int32
  let ends: Int32
  let fixed: Int32
  /// 0, 1 or 2: ends are u8, u16 or u32.
  let endShift: UInt8

  /// Looks at the bytes of a row.
  @inline(__always)
  init(_ row: UnsafeRawBufferPointer, layout: RowLayout) throws(RowError) {
    try self.init(row, plan: layout.plan)
  }

  @inline(__always)
  init(
    _ row: UnsafeRawBufferPointer, plan: UnsafePointer<RowLayout.Plan>
  ) throws(RowError) {
    guard let base = row.baseAddress, row.count > 0 else { throw .corrupt("row without bytes") }
    let first = Int(base.load(as: UInt8.self))
    if first < RowFormat.wideCount, first <= plan.pointee.count, row.count >= 1 + 8 {
      let extent = plan.pointee.extents + first
      if Int(extent.pointee.codes) <= RowCode.perWord {
        try self.init(plain: base, row.count, columns: first, extent, plan)
        return
      }
    }
    try self.init(any: base, row, plan)
  }

  /// Any row.
  @inline(never)
  private init(
    any base: UnsafeRawPointer, _ row: UnsafeRawBufferPointer,
    _ plan: UnsafePointer<RowLayout.Plan>
  ) throws(RowError) {
    let first = base.load(as: UInt8.self)
    var stored = Int(first & ~RowFormat.hasFlags)
    var flags: UInt8 = 0
    var place = 1
    if first >= RowFormat.wideCount {
      if stored == RowFormat.wideCount {
        guard row.count >= 3 else { throw .corrupt("row is shorter than its header") }
        stored = Int(UInt16(littleEndian: base.loadUnaligned(fromByteOffset: 1, as: UInt16.self)))
        place = 3
      }
      if first & RowFormat.hasFlags != 0 {
        guard row.count > place else { throw .corrupt("row is shorter than its header") }
        flags = base.load(fromByteOffset: place, as: UInt8.self)
        place += 1
      }
    }
    guard stored <= plan.pointee.count, flags <= RowFormat.allFlags else {
      throw .corrupt("row has more columns than its table, or unknown flags")
    }
    let extent = plan.pointee.extents[stored]
    let variables = Int(extent.variables)
    let codeCount = Int(extent.codes)
    let codeSize = (codeCount + 1) / 2
    let endShift = flags & RowFormat.endSizes
    guard endShift < 3 else { throw .corrupt("size of the ends in a row") }
    let start = place
    place += codeSize
    var nulls = 0
    var external = 0
    if flags & RowFormat.hasNulls != 0 {
      nulls = place
      place += (variables + 7) / 8
    }
    if flags & RowFormat.hasExternal != 0 {
      external = place
      place += (variables + 7) / 8
    }
    ends = Int32(truncatingIfNeeded: place)
    place += max(variables - 1, 0) << Int(endShift)
    guard place <= row.count else { throw .corrupt("row is shorter than its fields") }
    fixed = Int32(truncatingIfNeeded: place)
    let word = RowView.word(base, at: start, size: min(codeSize, 8), of: row.count)
    let sizes = RowCode.sizes(word, moments: plan.pointee.moments[0])
    if codeCount <= RowCode.perWord {
      guard word >> UInt64(codeCount * 4) == 0 else { throw .corrupt("code of no field in a row") }
      place += RowCode.sum(sizes)
    } else {
      place += RowView.sum(base, at: start, codes: codeCount, of: row.count, plan)
    }
    guard place <= row.count, variables > 0 || place == row.count else {
      throw .corrupt("row is shorter or longer than its fields")
    }
    self.plan = plan
    self.base = base
    size = row.count
    data = place
    codes = word
    self.sizes = sizes
    columns = Int32(truncatingIfNeeded: stored)
    self.variables = extent.variables
    codeStart = Int32(truncatingIfNeeded: start)
    self.nulls = Int32(truncatingIfNeeded: nulls)
    self.external = Int32(truncatingIfNeeded: external)
    self.endShift = endShift
  }

  /// How many columns the row holds.
  @inline(__always)
  var stored: Int { Int(columns) }

  /// The number of columns of the layout.
  var count: Int { plan.pointee.count }

  /// The type of a column.
  @inline(__always)
  func type(_ column: Int) -> ColumnType {
    precondition(column >= 0 && column < plan.pointee.count)
    return plan.pointee.slots[column].type
  }

  /// The bytes of the row.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: size) }

  /// Whether a column is null.
  @inline(__always)
  func isNull(_ column: Int) -> Bool {
    precondition(column >= 0)
    guard column < stored else { return isNullDefault(column) }
    let slot = plan.pointee.slots[column]
    if slot.isCoded { return code(Int(slot.place)) == RowCode.null }
    return nulls != 0 && bit(Int(slot.place), from: Int(nulls))
  }

  /// Whether the bytes of a variable field are the cell of a document that holds the value.
  @inline(__always)
  func isExternal(_ column: Int) -> Bool {
    precondition(column >= 0)
    guard column < stored else { return isExternalDefault(column) }
    let slot = plan.pointee.slots[column]
    return external != 0 && !slot.isCoded && bit(Int(slot.place), from: Int(external))
  }

  @inline(__always)
  private func bit(_ variable: Int, from start: Int) -> Bool {
    base.load(fromByteOffset: start + variable >> 3, as: UInt8.self) >> UInt8(variable & 7) & 1 == 1
  }

  /// The bytes of a variable field: UTF-8 of a text, the bytes of bytes, the row form of a decimal
  /// or an any value, or the cell of a document.
  @inline(__always)
  func field(_ column: Int) throws(RowError) -> UnsafeRawBufferPointer {
    precondition(column >= 0)
    guard column < stored else { return try fieldDefault(column) }
    let slot = plan.pointee.slots[column]
    guard !slot.isCoded else { throw .typeMismatch(expected: slot.type, found: .bytes) }
    guard let field = span(Int(slot.place)) else {
      throw .corrupt("ends of a row's fields are not in order")
    }
    return field
  }

  /// The bytes of a variable field; nil if the ends are not in order.
  @inline(__always)
  func span(_ variable: Int) -> UnsafeRawBufferPointer? {
    let last = size &- data
    let from = variable == 0 ? 0 : end(variable &- 1)
    let to = variable == Int(variables) &- 1 ? last : end(variable)
    guard from <= to, to <= last else { return nil }
    return UnsafeRawBufferPointer(start: base + (data &+ from), count: to &- from)
  }

  /// Where a variable field ends, counted from the first one.
  @inline(__always)
  private func end(_ variable: Int) -> Int {
    let start = base + Int(ends)
    if endShift == 0 { return Int(start.load(fromByteOffset: variable, as: UInt8.self)) }
    return endShift == 1
      ? Int(
        UInt16(littleEndian: start.loadUnaligned(fromByteOffset: variable * 2, as: UInt16.self)))
      : Int(
        UInt32(littleEndian: start.loadUnaligned(fromByteOffset: variable * 4, as: UInt32.self)))
  }
}

/// The words of codes and where their fields lie.
extension RowView {
  /// The first bytes of a place in a row as a number, at most 8.
  @inline(__always)
  private static func word(
    _ base: UnsafeRawPointer, at place: Int, size: Int, of count: Int
  ) -> UInt64 {
    guard place + 8 <= count else { return shortWord(base + place, size) }
    let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    return word & ~0 >> UInt64(64 - size * 8)
  }

  /// The same where the row ends behind it.
  @inline(never)
  private static func shortWord(_ place: UnsafeRawPointer, _ size: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<size {
      word |= UInt64(place.load(fromByteOffset: index, as: UInt8.self)) << UInt64(index * 8)
    }
    return word
  }

  /// The size of the fields of the first codes, where they take more than a word.
  @inline(never)
  private static func sum(
    _ base: UnsafeRawPointer, at start: Int, codes: Int, of count: Int,
    _ plan: UnsafePointer<RowLayout.Plan>
  ) -> Int {
    var sum = 0
    for index in 0..<(codes + RowCode.perWord - 1) / RowCode.perWord {
      let here = min(codes - index * RowCode.perWord, RowCode.perWord)
      let word = word(base, at: start + index * 8, size: (here + 1) / 2, of: count)
      let sizes = RowCode.sizes(
        word & ~0 >> UInt64(64 - here * 4), moments: plan.pointee.moments[index])
      sum += RowCode.sum(sizes)
    }
    return sum
  }

  /// A code.
  @inline(__always)
  func code(_ index: Int) -> UInt64 {
    guard index >= RowCode.perWord else { return codes >> UInt64(index * 4) & 15 }
    let byte = base.load(fromByteOffset: Int(codeStart) + index >> 1, as: UInt8.self)
    return UInt64(byte >> UInt8(index & 1 * 4)) & 15
  }

  /// The address of the field of a code.
  @inline(__always)
  func place(_ index: Int) -> UnsafeRawPointer {
    let sum =
      index < RowCode.perWord
      ? RowCode.sum(sizes & ((1 << UInt64(index * 4)) &- 1))
      : RowView.sum(base, at: Int(codeStart), codes: index, of: size, plan)
    return base + Int(fixed) + sum
  }

  /// The bytes of the field of a code at the high end of a word, zeros below them.
  @inline(__always)
  func bits(_ index: Int, size bytes: UInt64) -> UInt64 {
    let place = place(index)
    let rest = 64 - bytes * 8
    guard place - base + 8 <= size else {
      return RowView.shortWord(place, Int(truncatingIfNeeded: bytes)) << rest
    }
    return UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)) << rest
  }
}
