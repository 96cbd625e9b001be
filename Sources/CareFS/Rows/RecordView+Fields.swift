#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

/// The columns, by ordinal. A null column reads as zero or no bytes from the row; ask `isNull`
/// first.
extension RecordView {
  /// Whether a column is null.
  @inline(__always)
  func isNull(_ ordinal: Int) throws(RowError) -> Bool {
    let place = place(ordinal)
    return place.row >= 0 ? row.isNull(place.row) : try isNullKey(place.key)
  }

  @inline(__always)
  private func check(_ ordinal: Int, _ type: ColumnType) throws(RowError) {
    let own = place(ordinal).type
    guard own == type else { throw .typeMismatch(expected: own, found: type) }
  }

  /// An int.
  @inline(__always)
  func int(_ ordinal: Int) throws(RowError) -> Int64 {
    let place = place(ordinal)
    if place.row >= 0 { return try row.int(place.row) }
    try check(ordinal, .int)
    var decoder = try decoder(place.key)
    return try decoder.int(descending: place.isDescending)
  }

  /// A double.
  @inline(__always)
  func double(_ ordinal: Int) throws(RowError) -> Double {
    let place = place(ordinal)
    if place.row >= 0 { return try row.double(place.row) }
    try check(ordinal, .double)
    var decoder = try decoder(place.key)
    return try decoder.double(descending: place.isDescending)
  }

  /// A truth value.
  @inline(__always)
  func bool(_ ordinal: Int) throws(RowError) -> Bool {
    let place = place(ordinal)
    if place.row >= 0 { return try row.bool(place.row) }
    try check(ordinal, .bool)
    var decoder = try decoder(place.key)
    return try decoder.bool(descending: place.isDescending)
  }

  /// A calendar day.
  @inline(__always)
  func date(_ ordinal: Int) throws(RowError) -> CalendarDate {
    let place = place(ordinal)
    if place.row >= 0 { return try row.date(place.row) }
    try check(ordinal, .date)
    var decoder = try decoder(place.key)
    return try decoder.date(descending: place.isDescending)
  }

  /// A time of day.
  @inline(__always)
  func time(_ ordinal: Int) throws(RowError) -> TimeOfDay {
    let place = place(ordinal)
    if place.row >= 0 { return try row.time(place.row) }
    try check(ordinal, .time)
    var decoder = try decoder(place.key)
    return try decoder.time(descending: place.isDescending)
  }

  /// A moment.
  @inline(__always)
  func timestamp(_ ordinal: Int) throws(RowError) -> Timestamp {
    let place = place(ordinal)
    if place.row >= 0 { return try row.timestamp(place.row) }
    try check(ordinal, .timestamp)
    var decoder = try decoder(place.key)
    return try decoder.timestamp(descending: place.isDescending)
  }

  /// A uuid.
  @inline(__always)
  func uuid(_ ordinal: Int) throws(RowError) -> UUID {
    let place = place(ordinal)
    if place.row >= 0 { return try row.uuid(place.row) }
    try check(ordinal, .uuid)
    var decoder = try decoder(place.key)
    return try decoder.uuid(descending: place.isDescending)
  }

  /// An exact decimal.
  func decimal(_ ordinal: Int) throws(RowError) -> ExactDecimal {
    let place = place(ordinal)
    guard place.row >= 0 else {
      throw .typeMismatch(expected: place.type, found: .decimal)
    }
    try check(ordinal, .decimal)
    return try row.decimal(place.row)
  }

  /// The bytes of a text, bytes, decimal, any or JSON column, loaded from its document if they do
  /// not lie in the row. What is loaded is valid until the next document is.
  @inline(__always)
  func bytes(_ ordinal: Int) throws -> UnsafeRawBufferPointer {
    let place = place(ordinal)
    guard place.row >= 0 else {
      let type = place.type
      guard type == .text || type == .bytes else {
        throw RowError.typeMismatch(expected: type, found: .bytes)
      }
      return try text(place.key)
    }
    let field = try row.field(place.row)
    guard place.type == .json || row.isExternal(place.row) else { return field }
    guard !row.isNull(place.row) else { return field }
    guard let documents else { throw RowError.noDocuments }
    return try documents.load(field)
  }

  /// Whether the bytes of a column lie in a document, so that `bytes` loads them.
  @inline(__always)
  func isExternal(_ ordinal: Int) -> Bool {
    let place = place(ordinal)
    return place.row >= 0 && row.isExternal(place.row)
  }

  /// The cell of a JSON column: what the document store wrote into the row.
  func cell(_ ordinal: Int) throws(RowError) -> UnsafeRawBufferPointer {
    let place = place(ordinal)
    try check(ordinal, .json)
    guard place.row >= 0 else { throw .noDocuments }
    return try row.field(place.row)
  }

  /// The value of a column.
  func value(_ ordinal: Int) throws -> Value {
    if try isNull(ordinal) { return .null }
    let type = place(ordinal).type
    switch type {
    case .int: return .int(try int(ordinal))
    case .double: return .double(try double(ordinal))
    case .bool: return .bool(try bool(ordinal))
    case .date: return .date(try date(ordinal))
    case .time: return .time(try time(ordinal))
    case .timestamp: return .timestamp(try timestamp(ordinal))
    case .uuid: return .uuid(try uuid(ordinal))
    case .decimal: return .decimal(try decimal(ordinal))
    case .text, .bytes, .json, .any: return try RowView.value(type, of: try bytes(ordinal))
    }
  }
}
