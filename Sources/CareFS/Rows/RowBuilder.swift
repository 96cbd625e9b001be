/// Builds rows of one layout, one after the other, in memory that it keeps.
///
/// Start with `begin`, set columns in any order (that of the layout is fastest), end with `finish`.
/// Columns that are not set are null. Setting a column as another type than its own is an error of
/// the program and stops it; `set(_:to:)` throws instead.
final class RowBuilder {
  /// The layout of the rows.
  let layout: RowLayout

  /// Where a variable field lies while the row is built.
  private struct Span {
    var start: Int
    /// Below zero: not set.
    var length: Int
    var isExternal: Bool
  }

  private var out = ByteBuffer(capacity: 512)
  private var spare = ByteBuffer(capacity: 64)
  private let spans: UnsafeMutablePointer<Span>
  private let variables: Int
  private let fixed: Int
  /// A row of nulls, with ints of 4 bytes.
  private let template: ByteBuffer
  private var isWide = false
  /// Whether the variable fields were set once each, in the order of the layout.
  private var isOrderly = true
  private var nextVariable = 0
  private var hasExternal = false

  /// Creates a builder. `begin` is already done.
  init(_ layout: RowLayout) {
    self.layout = layout
    let extent = layout.extents[layout.count]
    variables = Int(extent.variables)
    fixed = RowFormat.headerSize + (layout.count + 7) / 8
    spans = .allocate(capacity: max(variables, 1))
    template = ByteBuffer(capacity: 64)
    template.appendLittle(UInt16(truncatingIfNeeded: layout.count))
    template.append(0)
    for start in stride(from: 0, to: layout.count, by: 8) {
      template.append(UInt8(truncatingIfNeeded: (1 << min(8, layout.count - start)) - 1))
    }
    template.appendZeros(Int(extent.narrow) + variables * 2)
    begin()
  }

  deinit { spans.deallocate() }

  /// Starts a new row, all of it null.
  func begin() {
    out.clear()
    out.append(template.bytes)
    spans.update(repeating: Span(start: 0, length: -1, isExternal: false), count: variables)
    isWide = false
    isOrderly = true
    nextVariable = 0
    hasExternal = false
  }

  /// The address of a fixed field, which is no longer null.
  @inline(__always)
  private func field(_ column: Int, _ type: ColumnType) -> UnsafeMutableRawPointer {
    precondition(column >= 0 && column < layout.count)
    let slot = layout.slots[column]
    precondition(slot.type == type, "a column is set as another type than its own")
    markSet(column)
    return out.base + fixed + Int(isWide ? slot.widePlace : slot.place)
  }

  @inline(__always)
  private func markSet(_ column: Int) {
    let address = out.base + (RowFormat.headerSize + column >> 3)
    let byte = address.load(as: UInt8.self) & ~(1 << UInt8(column & 7))
    address.storeBytes(of: byte, as: UInt8.self)
  }

  /// Makes a column null, also after it was set.
  func setNull(_ column: Int) {
    precondition(column >= 0 && column < layout.count)
    let slot = layout.slots[column]
    let address = out.base + (RowFormat.headerSize + column >> 3)
    guard address.load(as: UInt8.self) >> UInt8(column & 7) & 1 == 0 else { return }
    if let size = RowFormat.fixedSize(slot.type) {
      let wide = slot.type == .int && isWide ? 8 : size
      (out.base + fixed + Int(isWide ? slot.widePlace : slot.place))
        .initializeMemory(as: UInt8.self, repeating: 0, count: wide)
    } else {
      spans[Int(slot.place)] = Span(start: 0, length: -1, isExternal: false)
      isOrderly = false
    }
    let byte = address.load(as: UInt8.self) | 1 << UInt8(column & 7)
    address.storeBytes(of: byte, as: UInt8.self)
  }

  /// Sets an int.
  @inline(__always)
  func setInt(_ column: Int, _ value: Int64) {
    let narrow = Int32(truncatingIfNeeded: value)
    if !isWide, Int64(narrow) != value { widen() }
    let address = field(column, .int)
    if isWide {
      address.storeBytes(of: value.littleEndian, as: Int64.self)
    } else {
      address.storeBytes(of: narrow.littleEndian, as: Int32.self)
    }
  }

  /// Sets a double; -0.0 becomes 0.0.
  @inline(__always)
  func setDouble(_ column: Int, _ value: Double) {
    field(column, .double).storeBytes(
      of: Value.canonicalBits(value).littleEndian, as: UInt64.self)
  }

  /// Sets a truth value.
  @inline(__always)
  func setBool(_ column: Int, _ value: Bool) {
    field(column, .bool).storeBytes(of: value ? 1 : 0, as: UInt8.self)
  }

  /// Sets a calendar day.
  @inline(__always)
  func setDate(_ column: Int, _ value: CalendarDate) {
    field(column, .date).storeBytes(of: value.days.littleEndian, as: Int32.self)
  }

  /// Sets a time of day.
  @inline(__always)
  func setTime(_ column: Int, _ value: TimeOfDay) {
    let address = field(column, .time)
    let low = UInt32(truncatingIfNeeded: value.microseconds)
    address.storeBytes(of: low.littleEndian, as: UInt32.self)
    let high = UInt8(truncatingIfNeeded: value.microseconds >> 32)
    address.storeBytes(of: high, toByteOffset: 4, as: UInt8.self)
  }

  /// Sets a moment.
  @inline(__always)
  func setTimestamp(_ column: Int, _ value: Timestamp) {
    field(column, .timestamp).storeBytes(of: value.microseconds.littleEndian, as: Int64.self)
  }

  /// Sets a uuid from its 16 bytes.
  @inline(__always)
  func setUUID(_ column: Int, bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 16)
    guard let source = bytes.baseAddress else { return }
    field(column, .uuid).copyMemory(from: source, byteCount: 16)
  }

  /// Sets the bytes of a variable field: a text's UTF-8, bytes, the row form of a decimal or any
  /// value, or the cell of a document. External: the bytes are the cell of a document that holds
  /// the value of a text, bytes or any column.
  @inline(__always)
  func setField(_ column: Int, _ bytes: UnsafeRawBufferPointer, isExternal: Bool = false) {
    let variable = beginField(column)
    out.append(bytes)
    endField(variable, isExternal: isExternal)
  }

  /// Sets a text.
  @inline(__always)
  func setText(_ column: Int, _ text: String) {
    let variable = beginField(column)
    out.append(text)
    endField(variable)
  }

  /// Sets an exact decimal.
  func setDecimal(_ column: Int, _ value: ExactDecimal) {
    let variable = beginField(column)
    value.encode(to: out)
    endField(variable)
  }

  /// Sets an any value.
  func setAny(_ column: Int, _ value: AnyValue) {
    let variable = beginField(column)
    AnyField.encode(value, to: out)
    endField(variable)
  }

  @inline(__always)
  private func beginField(_ column: Int) -> Int {
    precondition(column >= 0 && column < layout.count)
    let slot = layout.slots[column]
    precondition(!slot.isFixed, "a column is set as another type than its own")
    markSet(column)
    let variable = Int(slot.place)
    if variable < nextVariable { isOrderly = false }
    nextVariable = variable + 1
    spans[variable].start = out.count
    return variable
  }

  @inline(__always)
  private func endField(_ variable: Int, isExternal: Bool = false) {
    spans[variable].length = out.count - spans[variable].start
    spans[variable].isExternal = isExternal
    if isExternal { hasExternal = true }
  }

  /// Goes over to ints of 8 bytes.
  @inline(never)
  private func widen() {
    let extent = layout.extents[layout.count]
    let grown = Int(extent.wide - extent.narrow)
    spare.clear()
    spare.append(UnsafeRawBufferPointer(start: out.base, count: fixed))
    spare.set(out.bytes[2] | RowFormat.wideInts, at: 2)
    for column in 0..<layout.count {
      let slot = layout.slots[column]
      guard let size = RowFormat.fixedSize(slot.type) else { continue }
      let address = out.base + fixed + Int(slot.place)
      if slot.type == .int {
        spare.appendLittle(Int64(Int32(littleEndian: address.loadUnaligned(as: Int32.self))))
      } else {
        spare.append(UnsafeRawBufferPointer(start: address, count: size))
      }
    }
    let rest = fixed + Int(extent.narrow)
    spare.append(UnsafeRawBufferPointer(rebasing: out.bytes[rest...]))
    for variable in 0..<variables { spans[variable].start += grown }
    swap(&out, &spare)
    isWide = true
  }

  /// Ends the row. The bytes are valid until the next `begin` or `set`.
  ///
  /// - Throws: `tooLarge` if the variable fields take more than 2 GiB.
  @inline(__always)
  func finish() throws(RowError) -> UnsafeRawBufferPointer {
    let extent = layout.extents[layout.count]
    let ends = fixed + Int(isWide ? extent.wide : extent.narrow)
    let data = ends + variables * 2
    guard isOrderly, !hasExternal, out.count - data <= 0xFFFF else {
      return try rebuild(ends: ends)
    }
    var end = 0
    for variable in 0..<variables {
      let span = spans[variable]
      if span.length >= 0 { end = span.start + span.length - data }
      (out.base + ends + variable * 2)
        .storeBytes(of: UInt16(truncatingIfNeeded: end).littleEndian, as: UInt16.self)
    }
    return out.bytes
  }

  /// Puts the variable fields into their order, with external bits and wide ends where needed.
  @inline(never)
  private func rebuild(ends: Int) throws(RowError) -> UnsafeRawBufferPointer {
    var total = 0
    for variable in 0..<variables { total += max(spans[variable].length, 0) }
    guard total <= Int(Int32.max) else { throw .tooLarge }
    spare.clear()
    spare.append(UnsafeRawBufferPointer(start: out.base, count: ends))
    let flags =
      (isWide ? RowFormat.wideInts : 0) | (hasExternal ? RowFormat.hasExternal : 0)
      | (total > 0xFFFF ? RowFormat.wideEnds : 0)
    spare.set(flags, at: 2)
    if hasExternal {
      let bits = spare.count
      spare.appendZeros((variables + 7) / 8)
      for variable in 0..<variables where spans[variable].isExternal {
        let place = bits + variable >> 3
        spare.set(spare.bytes[place] | 1 << UInt8(variable & 7), at: place)
      }
    }
    var end = 0
    for variable in 0..<variables {
      end += max(spans[variable].length, 0)
      if total > 0xFFFF {
        spare.appendLittle(UInt32(truncatingIfNeeded: end))
      } else {
        spare.appendLittle(UInt16(truncatingIfNeeded: end))
      }
    }
    for variable in 0..<variables where spans[variable].length > 0 {
      let span = spans[variable]
      spare.append(UnsafeRawBufferPointer(start: out.base + span.start, count: span.length))
    }
    return spare.bytes
  }
}
