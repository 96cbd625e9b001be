/// Builds rows of one layout, one after the other, in memory that it keeps.
///
/// Start with `begin`, set columns in any order (that of the layout is fastest), end with `finish`.
/// Columns that are not set are null. Setting a column as another type than its own is an error of
/// the program and stops it; `set(_:to:)` throws instead.
final class RowBuilder {
  /// The layout of the rows.
  let layout: RowLayout

  /// Where a variable field lies while the row is built.
  struct Span {
    var start: Int
    /// Below zero: not set.
    var length: Int
    var isExternal: Bool
  }

  /// Room for all that stands before the variable fields, then these as they come.
  let out: ByteBuffer
  let spare = ByteBuffer(capacity: 64)
  let spans: UnsafeMutablePointer<Span>
  let variables: Int
  /// The codes, in words, and the bytes of their fields at the high ends of words.
  let codes: UnsafeMutablePointer<UInt64>
  let words: UnsafeMutablePointer<UInt64>
  let codeCount: Int
  /// The most that stands before the variable fields.
  let room: Int
  /// Whether the variable fields were set once each, in the order of the layout.
  private(set) var isOrderly = true
  private var nextVariable = 0
  private(set) var hasExternal = false

  /// Creates a builder. `begin` is already done.
  init(_ layout: RowLayout) {
    self.layout = layout
    let extent = layout.extents[layout.count]
    variables = Int(extent.variables)
    codeCount = Int(extent.codes)
    spans = .allocate(capacity: max(variables, 1))
    codes = .allocate(capacity: codeCount / RowCode.perWord + 1)
    words = .allocate(capacity: max(codeCount, 1))
    words.initialize(repeating: 0, count: max(codeCount, 1))
    // Words are stored whole, so they take up to 8 bytes before the first one.
    room = 16 + codeCount * 9 + variables * 5
    out = ByteBuffer(capacity: room + 512)
    begin()
  }

  deinit {
    spans.deallocate()
    codes.deallocate()
    words.deallocate()
  }

  /// Starts a new row, all of it null.
  func begin() {
    out.clear()
    _ = out.extend(room)
    for word in 0...codeCount / RowCode.perWord {
      let here = min(codeCount - word * RowCode.perWord, RowCode.perWord)
      codes[word] = ~(~0 << UInt64(here * 4))
    }
    spans.update(repeating: Span(start: 0, length: -1, isExternal: false), count: variables)
    isOrderly = true
    nextVariable = 0
    hasExternal = false
  }

  /// The number of the first code of a column.
  @inline(__always)
  private func index(_ column: Int, _ type: ColumnType) -> Int {
    precondition(column >= 0 && column < layout.count)
    let slot = layout.slots[column]
    precondition(slot.type == type, "a column is set as another type than its own")
    return Int(slot.place)
  }

  /// Sets a code and the word that ends with the field's bytes.
  @inline(__always)
  private func set(_ index: Int, code: UInt64, _ word: UInt64) {
    let place = index / RowCode.perWord
    let shift = UInt64(index % RowCode.perWord * 4)
    codes[place] = codes[place] & ~(15 << shift) | code << shift
    words[index] = word
  }

  /// Sets the code of a number and the number's low bytes.
  @inline(__always)
  private func set(_ index: Int, code: UInt64, low number: Int64) {
    let size = code <= RowCode.special ? code : code &- RowCode.special
    set(index, code: code, UInt64(bitPattern: number) << (64 &- size &* 8))
  }

  /// Makes a column null, also after it was set.
  func setNull(_ column: Int) {
    precondition(column >= 0 && column < layout.count)
    let slot = layout.slots[column]
    let place = Int(slot.place)
    if slot.isCoded {
      for index in place..<place + Int(RowFormat.codes(slot.type)) {
        set(index, code: RowCode.null, 0)
      }
    } else if spans[place].length >= 0 {
      spans[place] = Span(start: 0, length: -1, isExternal: false)
      isOrderly = false
    }
  }

  /// Sets an int.
  @inline(__always)
  func setInt(_ column: Int, _ value: Int64) {
    set(index(column, .int), code: RowCode.number(value), low: value)
  }

  /// Sets a double; -0.0 becomes 0.0.
  @inline(__always)
  func setDouble(_ column: Int, _ value: Double) {
    let bits = Value.canonicalBits(value)
    set(index(column, .double), code: RowCode.double(bits), bits)
  }

  /// Sets a truth value.
  @inline(__always)
  func setBool(_ column: Int, _ value: Bool) {
    set(index(column, .bool), code: RowCode.number(value ? 1 : 0), 0)
  }

  /// Sets a calendar day.
  @inline(__always)
  func setDate(_ column: Int, _ value: CalendarDate) {
    let days = Int64(value.days)
    set(index(column, .date), code: RowCode.number(days), low: days)
  }

  /// Sets a time of day.
  @inline(__always)
  func setTime(_ column: Int, _ value: TimeOfDay) {
    let (code, number) = RowCode.moment(value.microseconds)
    set(index(column, .time), code: code, low: number)
  }

  /// Sets a moment.
  @inline(__always)
  func setTimestamp(_ column: Int, _ value: Timestamp) {
    let (code, number) = RowCode.moment(value.microseconds)
    set(index(column, .timestamp), code: code, low: number)
  }

  /// Sets a uuid from its 16 bytes.
  @inline(__always)
  func setUUID(_ column: Int, bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 16)
    guard let source = bytes.baseAddress else { return }
    let index = index(column, .uuid)
    for half in 0..<2 {
      let word = source.loadUnaligned(fromByteOffset: half * 8, as: UInt64.self)
      set(index + half, code: 8, UInt64(littleEndian: word))
    }
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
    precondition(!slot.isCoded, "a column is set as another type than its own")
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
}
