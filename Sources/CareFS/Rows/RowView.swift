/// Reads single fields of a row in place.
///
/// It is valid as long as the bytes and the layout are. All sizes are checked when it is made and at each variable
/// field, so damaged bytes throw and never reach beyond the row. Asking for a column as another type
/// than its own throws `typeMismatch`. A null field reads as zero or as no bytes.
struct RowView {
  let plan: UnsafePointer<RowLayout.Plan>
  /// How many columns the row holds.
  let stored: Int
  private let base: UnsafeRawPointer
  private let flags: UInt8
  /// Offsets of the fixed fields, the table of ends, and the variable fields.
  private let fixed: Int
  private let external: Int
  private let ends: Int
  private let data: Int
  /// The size of all variable fields.
  private let dataSize: Int

  /// Looks at the bytes of a row.
  @inline(__always)
  init(_ row: UnsafeRawBufferPointer, layout: RowLayout) throws(RowError) {
    try self.init(row, plan: layout.plan)
  }

  @inline(__always)
  init(
    _ row: UnsafeRawBufferPointer, plan: UnsafePointer<RowLayout.Plan>
  ) throws(RowError) {
    guard row.count >= RowFormat.headerSize, let base = row.baseAddress else {
      throw .corrupt("row is shorter than its header")
    }
    let stored = Int(UInt16(littleEndian: base.loadUnaligned(as: UInt16.self)))
    let flags = base.load(fromByteOffset: 2, as: UInt8.self)
    guard stored <= plan.pointee.count, flags & ~RowFormat.allFlags == 0 else {
      throw .corrupt("row has more columns than its table, or unknown flags")
    }
    let extent = plan.pointee.extents[stored]
    let variables = Int(extent.variables)
    fixed = RowFormat.headerSize + (stored + 7) / 8
    external = fixed + Int(flags & RowFormat.wideInts == 0 ? extent.narrow : extent.wide)
    ends = external + (flags & RowFormat.hasExternal == 0 ? 0 : (variables + 7) / 8)
    data = ends + variables * (flags & RowFormat.wideEnds == 0 ? 2 : 4)
    dataSize = row.count - data
    self.plan = plan
    self.stored = stored
    self.base = base
    self.flags = flags
    guard dataSize >= 0 else { throw .corrupt("row is shorter than its fields") }
    guard dataSize == (variables == 0 ? 0 : end(variables - 1)) else {
      throw .corrupt("row does not end where its last field ends")
    }
  }

  /// The number of columns of the layout.
  var count: Int { plan.pointee.count }

  /// The type of a column.
  @inline(__always)
  func type(_ column: Int) -> ColumnType {
    precondition(column >= 0 && column < plan.pointee.count)
    return plan.pointee.slots[column].type
  }

  /// The bytes of the row.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: data + dataSize) }

  /// Where a variable field ends, counted from the first one.
  @inline(__always)
  private func end(_ variable: Int) -> Int {
    flags & RowFormat.wideEnds == 0
      ? Int(
        UInt16(
          littleEndian: base.loadUnaligned(fromByteOffset: ends + variable * 2, as: UInt16.self)))
      : Int(
        UInt32(
          littleEndian: base.loadUnaligned(fromByteOffset: ends + variable * 4, as: UInt32.self)))
  }

  /// Whether a column is null.
  @inline(__always)
  func isNull(_ column: Int) -> Bool {
    precondition(column >= 0)
    guard column < stored else { return isNullDefault(column) }
    let byte = base.load(fromByteOffset: RowFormat.headerSize + column >> 3, as: UInt8.self)
    return byte >> UInt8(column & 7) & 1 == 1
  }

  /// The address of a fixed field of a type.
  @inline(__always)
  private func field(_ column: Int, _ type: ColumnType) throws(RowError) -> UnsafeRawPointer {
    let slot = plan.pointee.slots[column]
    guard slot.type == type else { throw .typeMismatch(expected: slot.type, found: type) }
    return base + fixed + Int(flags & RowFormat.wideInts == 0 ? slot.place : slot.widePlace)
  }

  /// An int.
  @inline(__always)
  func int(_ column: Int) throws(RowError) -> Int64 {
    precondition(column >= 0)
    guard column < stored else { return try intDefault(column) }
    let address = try field(column, .int)
    return flags & RowFormat.wideInts == 0
      ? Int64(Int32(littleEndian: address.loadUnaligned(as: Int32.self)))
      : Int64(littleEndian: address.loadUnaligned(as: Int64.self))
  }

  /// A double.
  @inline(__always)
  func double(_ column: Int) throws(RowError) -> Double {
    precondition(column >= 0)
    guard column < stored else { return try doubleDefault(column) }
    let address = try field(column, .double)
    return Double(bitPattern: UInt64(littleEndian: address.loadUnaligned(as: UInt64.self)))
  }

  /// A truth value.
  @inline(__always)
  func bool(_ column: Int) throws(RowError) -> Bool {
    precondition(column >= 0)
    guard column < stored else { return try boolDefault(column) }
    let byte = try field(column, .bool).load(as: UInt8.self)
    guard byte <= 1 else { throw .corrupt("truth value in a row is neither 0 nor 1") }
    return byte == 1
  }

  /// A calendar day.
  @inline(__always)
  func date(_ column: Int) throws(RowError) -> CalendarDate {
    precondition(column >= 0)
    guard column < stored else { return try dateDefault(column) }
    let address = try field(column, .date)
    guard let date = CalendarDate(days: Int32(littleEndian: address.loadUnaligned(as: Int32.self)))
    else { throw .corrupt("date in a row") }
    return date
  }

  /// A time of day: 5 bytes.
  @inline(__always)
  func time(_ column: Int) throws(RowError) -> TimeOfDay {
    precondition(column >= 0)
    guard column < stored else { return try timeDefault(column) }
    let address = try field(column, .time)
    let low = Int64(UInt32(littleEndian: address.loadUnaligned(as: UInt32.self)))
    let high = Int64(address.load(fromByteOffset: 4, as: UInt8.self))
    guard let time = TimeOfDay(microseconds: high << 32 | low) else {
      throw .corrupt("time in a row")
    }
    return time
  }

  /// A moment.
  @inline(__always)
  func timestamp(_ column: Int) throws(RowError) -> Timestamp {
    precondition(column >= 0)
    guard column < stored else { return try timestampDefault(column) }
    let address = try field(column, .timestamp)
    let microseconds = Int64(littleEndian: address.loadUnaligned(as: Int64.self))
    guard let moment = Timestamp(microseconds: microseconds) else {
      throw .corrupt("timestamp in a row")
    }
    return moment
  }

  /// The 16 bytes of a uuid.
  @inline(__always)
  func uuidBytes(_ column: Int) throws(RowError) -> UnsafeRawBufferPointer {
    precondition(column >= 0)
    guard column < stored else { return try uuidBytesDefault(column) }
    return UnsafeRawBufferPointer(start: try field(column, .uuid), count: 16)
  }

  /// The bytes of a variable field: UTF-8 of a text, the bytes of bytes, the row form of a decimal
  /// or an any value, or the cell of a document.
  @inline(__always)
  func field(_ column: Int) throws(RowError) -> UnsafeRawBufferPointer {
    precondition(column >= 0)
    guard column < stored else { return try fieldDefault(column) }
    let slot = plan.pointee.slots[column]
    guard !slot.isFixed else { throw .typeMismatch(expected: slot.type, found: .bytes) }
    let variable = Int(slot.place)
    let from = variable == 0 ? 0 : end(variable - 1)
    let to = end(variable)
    guard from <= to, to <= dataSize else {
      throw .corrupt("ends of a row's fields are not in order")
    }
    return UnsafeRawBufferPointer(start: base + data + from, count: to - from)
  }

  /// Whether the bytes of a variable field are the cell of a document that holds the value.
  @inline(__always)
  func isExternal(_ column: Int) -> Bool {
    precondition(column >= 0)
    guard column < stored else { return isExternalDefault(column) }
    let slot = plan.pointee.slots[column]
    guard flags & RowFormat.hasExternal != 0, !slot.isFixed else { return false }
    let byte = base.load(fromByteOffset: external + Int(slot.place) >> 3, as: UInt8.self)
    return byte >> UInt8(slot.place & 7) & 1 == 1
  }
}
