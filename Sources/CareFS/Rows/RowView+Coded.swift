/// The fields that have codes.
extension RowView {
  /// The number of the first code of a column of a type.
  @inline(__always)
  private func index(_ column: Int, _ type: ColumnType) throws(RowError) -> Int {
    let slot = plan.pointee.slots[column]
    guard slot.type == type else { throw .typeMismatch(expected: slot.type, found: type) }
    return Int(slot.place)
  }

  /// An int, a date or a bool.
  @inline(__always)
  private func number(_ index: Int) -> Int64 {
    let code = code(index)
    if code > RowCode.special {
      return code == RowCode.null ? 0 : Int64(bitPattern: code &- RowCode.special)
    }
    return Int64(bitPattern: bits(index, size: code)) >> Int64(64 - code * 8)
  }

  /// A time or a timestamp in microseconds; nil if there is none such.
  @inline(__always)
  private func moment(_ index: Int) -> Int64? {
    let code = code(index)
    if code <= RowCode.special {
      return Int64(bitPattern: bits(index, size: code)) >> Int64(64 - code * 8)
    }
    if code == RowCode.null { return 0 }
    let size = code &- RowCode.special
    let seconds = Int64(bitPattern: bits(index, size: size)) >> Int64(64 - size * 8)
    let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : microseconds
  }

  /// An int.
  @inline(__always)
  func int(_ column: Int) throws(RowError) -> Int64 {
    precondition(column >= 0)
    guard column < stored else { return try intDefault(column) }
    return number(try index(column, .int))
  }

  /// An int that is not null; nil else.
  @inline(__always)
  func plainInt(_ column: Int) -> Int64? {
    guard column >= 0, column < stored else { return nil }
    let slot = plan.pointee.slots[column]
    guard slot.type == .int, code(Int(slot.place)) != RowCode.null else { return nil }
    return number(Int(slot.place))
  }

  /// A double.
  @inline(__always)
  func double(_ column: Int) throws(RowError) -> Double {
    precondition(column >= 0)
    guard column < stored else { return try doubleDefault(column) }
    let index = try index(column, .double)
    let code = code(index)
    if code > RowCode.special {
      guard code == RowCode.null else { throw .corrupt("double in a row") }
      return 0
    }
    return Double(bitPattern: bits(index, size: code))
  }

  /// A truth value.
  @inline(__always)
  func bool(_ column: Int) throws(RowError) -> Bool {
    precondition(column >= 0)
    guard column < stored else { return try boolDefault(column) }
    let number = number(try index(column, .bool))
    guard number == 0 || number == 1 else {
      throw .corrupt("truth value in a row is neither 0 nor 1")
    }
    return number == 1
  }

  /// A calendar day.
  @inline(__always)
  func date(_ column: Int) throws(RowError) -> CalendarDate {
    precondition(column >= 0)
    guard column < stored else { return try dateDefault(column) }
    guard let days = Int32(exactly: number(try index(column, .date))),
      let date = CalendarDate(days: days)
    else { throw .corrupt("date in a row") }
    return date
  }

  /// A time of day.
  @inline(__always)
  func time(_ column: Int) throws(RowError) -> TimeOfDay {
    precondition(column >= 0)
    guard column < stored else { return try timeDefault(column) }
    guard let microseconds = moment(try index(column, .time)),
      let time = TimeOfDay(microseconds: microseconds)
    else { throw .corrupt("time in a row") }
    return time
  }

  /// A moment.
  @inline(__always)
  func timestamp(_ column: Int) throws(RowError) -> Timestamp {
    precondition(column >= 0)
    guard column < stored else { return try timestampDefault(column) }
    guard let microseconds = moment(try index(column, .timestamp)),
      let moment = Timestamp(microseconds: microseconds)
    else { throw .corrupt("timestamp in a row") }
    return moment
  }

  /// The 16 bytes of a uuid.
  @inline(__always)
  func uuidBytes(_ column: Int) throws(RowError) -> UnsafeRawBufferPointer {
    precondition(column >= 0)
    guard column < stored else { return try uuidBytesDefault(column) }
    let index = try index(column, .uuid)
    switch (code(index), code(index + 1)) {
    case (8, 8): return UnsafeRawBufferPointer(start: place(index), count: 16)
    case (RowCode.null, RowCode.null): return UnsafeRawBufferPointer(start: nil, count: 0)
    default: throw .corrupt("uuid in a row")
    }
  }
}
