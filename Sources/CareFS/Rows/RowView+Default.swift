/// The columns that an older row does not hold: they read from the table's default row. Apart and
/// not inlined, so that the fast way is.
extension RowView {
  /// The default row.
  @inline(never)
  private func absent(_ column: Int) throws(RowError) -> RowView {
    guard column < plan.pointee.count, let row = plan.pointee.absent else {
      throw .corrupt("row does not hold the column, and it has no default")
    }
    let view = try RowView(row, plan: plan)
    guard column < view.stored else { throw .corrupt("default row does not hold the column") }
    return view
  }

  @inline(never)
  func isNullDefault(_ column: Int) -> Bool {
    (try? absent(column).isNull(column)) ?? true
  }

  @inline(never)
  func isExternalDefault(_ column: Int) -> Bool {
    (try? absent(column).isExternal(column)) ?? false
  }

  @inline(never)
  func intDefault(_ column: Int) throws(RowError) -> Int64 {
    try absent(column).int(column)
  }

  @inline(never)
  func doubleDefault(_ column: Int) throws(RowError) -> Double {
    try absent(column).double(column)
  }

  @inline(never)
  func boolDefault(_ column: Int) throws(RowError) -> Bool {
    try absent(column).bool(column)
  }

  @inline(never)
  func dateDefault(_ column: Int) throws(RowError) -> CalendarDate {
    try absent(column).date(column)
  }

  @inline(never)
  func timeDefault(_ column: Int) throws(RowError) -> TimeOfDay {
    try absent(column).time(column)
  }

  @inline(never)
  func timestampDefault(_ column: Int) throws(RowError) -> Timestamp {
    try absent(column).timestamp(column)
  }

  @inline(never)
  func uuidBytesDefault(_ column: Int) throws(RowError) -> UnsafeRawBufferPointer {
    try absent(column).uuidBytes(column)
  }

  @inline(never)
  func fieldDefault(_ column: Int) throws(RowError) -> UnsafeRawBufferPointer {
    try absent(column).field(column)
  }
}
