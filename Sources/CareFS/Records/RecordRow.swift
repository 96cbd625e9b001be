#if canImport(FoundationEssentials)
  public import struct FoundationEssentials.UUID
#else
  public import struct Foundation.UUID
#endif

/// One row, read in place. Columns go by their position in the record's schema, from 0.
///
/// Valid only inside the closure or initialiser that it was handed to.
public struct RecordRow {
  let view: RecordView
  /// Of the view.
  private let face: UnsafePointer<RecordFace>

  @inline(__always)
  init(_ view: RecordView, _ binding: RecordBinding) {
    view.bind(binding)
    self.init(view)
  }

  /// A row of a view that is bound.
  @inline(__always)
  init(_ view: RecordView) {
    self.view = view
    face = UnsafePointer(view.face)
  }

  /// The table's ordinal of a column.
  @inline(__always)
  func ordinal(_ column: Int) -> Int {
    precondition(column >= 0 && column < face.pointee.count, "the record has no such column")
    return Int(face.pointee.column(column)?.ordinal ?? 0)
  }

  /// The value of a column.
  @inlinable
  public func get<V: RecordValue>(_ column: Int) throws -> V { try V.read(self, column) }

  /// Whether a column is null.
  public func isNull(_ column: Int) throws -> Bool { try view.isNull(ordinal(column)) }

  @inline(__always)
  private func required(_ column: Int) throws -> Int {
    let ordinal = ordinal(column)
    if try view.isNull(ordinal) { throw unexpectedNull(column) }
    return ordinal
  }

  @inline(never)
  private func unexpectedNull(_ column: Int) -> any Error {
    guard let binding = view.binding else { return RowError.corrupt("row of no record") }
    return binding.unexpectedNull(column)
  }

  /// An int column.
  public func int64(_ column: Int) throws -> Int64 {
    if let value = face.pointee.plainInt(column) { return value }
    return try anyInt64(column)
  }

  @inline(never)
  private func anyInt64(_ column: Int) throws -> Int64 {
    if let place = face.pointee.column(column), place.isKey {
      if face.pointee.rowsByInt != nil, let number = KeyDecoder.plainInt(view.key) {
        return number
      }
      return try view.int(Int(place.ordinal))
    }
    return try view.int(try required(column))
  }

  /// A double column.
  public func double(_ column: Int) throws -> Double { try view.double(try required(column)) }
  /// A bool column.
  public func bool(_ column: Int) throws -> Bool { try view.bool(try required(column)) }
  /// A text column.
  public func text(_ column: Int) throws -> String {
    if let text = face.pointee.plainField(column, .text) { return RawBytes.string(text) }
    return try anyText(column)
  }

  @inline(never)
  private func anyText(_ column: Int) throws -> String {
    RawBytes.string(try view.bytes(try required(column)))
  }

  /// A bytes column.
  public func bytes(_ column: Int) throws -> [UInt8] { Array(try view.bytes(try required(column))) }
  /// A date column.
  public func date(_ column: Int) throws -> CalendarDate { try view.date(try required(column)) }
  /// A time column.
  public func time(_ column: Int) throws -> TimeOfDay { try view.time(try required(column)) }
  /// A timestamp column.
  public func timestamp(_ column: Int) throws -> Timestamp {
    try view.timestamp(try required(column))
  }
  /// A uuid column.
  public func uuid(_ column: Int) throws -> UUID { try view.uuid(try required(column)) }
  /// A decimal column.
  public func decimal(_ column: Int) throws -> ExactDecimal {
    try view.decimal(try required(column))
  }
  /// A json column.
  public func json(_ column: Int) throws -> JSON {
    JSON(validated: Array(try view.bytes(try required(column))))
  }
  /// An any column.
  public func any(_ column: Int) throws -> AnyValue {
    try AnyField(try view.bytes(try required(column))).value()
  }

  /// Calls a closure with the bytes of a text, bytes or json column, where they lie.
  @inlinable
  public func withBytes<R>(
    _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    try body(try fieldBytes(column))
  }

  /// The bytes of a text, bytes or json column.
  @usableFromInline
  func fieldBytes(_ column: Int) throws -> UnsafeRawBufferPointer {
    if let text = face.pointee.plainField(column, .text) { return text }
    return try anyBytes(column)
  }

  @inline(never)
  private func anyBytes(_ column: Int) throws -> UnsafeRawBufferPointer {
    try view.bytes(try required(column))
  }

  /// A stored value that is none of an enumeration's cases.
  public func unknownCase(_ column: Int) -> DatabaseError {
    guard let binding = view.binding else {
      return DatabaseError(.typeMismatch, "the stored value is no case of the enumeration")
    }
    return binding.unknownCase(column)
  }
}

/// Takes the values of one record. Columns go by their position in the record's schema, from 0.
public struct RecordEncoder {
  let assembler: RowAssembler
  let binding: RecordBinding

  init(_ assembler: RowAssembler, _ binding: RecordBinding) {
    self.assembler = assembler
    self.binding = binding
  }

  @inline(__always)
  private func ordinal(_ column: Int) -> Int { binding.ordinal(column) }

  /// Gives a column its value. Columns in the order of the schema are fastest.
  @inlinable
  public func set<V: RecordValue>(_ column: Int, _ value: V) throws {
    try value.write(to: self, column)
  }

  /// Makes a column null.
  public func setNull(_ column: Int) throws { try assembler.setNull(ordinal(column)) }
  /// Sets an int column.
  public func set(_ column: Int, int64 value: Int64) throws {
    try assembler.setInt(ordinal(column), value)
  }
  /// Sets a double column.
  public func set(_ column: Int, double value: Double) throws {
    try assembler.setDouble(ordinal(column), value)
  }
  /// Sets a bool column.
  public func set(_ column: Int, bool value: Bool) throws {
    try assembler.setBool(ordinal(column), value)
  }
  /// Sets a text column.
  public func set(_ column: Int, text value: String) throws {
    try assembler.setText(ordinal(column), value)
  }
  /// Sets a bytes column.
  public func set(_ column: Int, bytes value: [UInt8]) throws {
    try value.withUnsafeBytes { try assembler.setBytes(ordinal(column), $0) }
  }
  /// Sets a date column.
  public func set(_ column: Int, date value: CalendarDate) throws {
    try assembler.setDate(ordinal(column), value)
  }
  /// Sets a time column.
  public func set(_ column: Int, time value: TimeOfDay) throws {
    try assembler.setTime(ordinal(column), value)
  }
  /// Sets a timestamp column.
  public func set(_ column: Int, timestamp value: Timestamp) throws {
    try assembler.setTimestamp(ordinal(column), value)
  }
  /// Sets a uuid column.
  public func set(_ column: Int, uuid value: UUID) throws {
    try assembler.setUUID(ordinal(column), value)
  }
  /// Sets a decimal column.
  public func set(_ column: Int, decimal value: ExactDecimal) throws {
    try assembler.setDecimal(ordinal(column), value)
  }
  /// Sets a json column.
  public func set(_ column: Int, json value: JSON) throws {
    try value.withUnsafeBytes { try assembler.setJSON(ordinal(column), $0) }
  }
  /// Sets an any column.
  public func set(_ column: Int, any value: AnyValue) throws {
    try assembler.setAny(ordinal(column), value)
  }
}
