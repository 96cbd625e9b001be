#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

/// Builds one row after the other of a table from single values: its key and its fields.
///
/// Values are set by the columns' ordinals, in any order; that of the schema is fastest. A value
/// of another type than the column's is refused. JSON columns hold the text as it was given until
/// the row is stored.
final class RowAssembler {
  let plan: TablePlan
  let builder: RowBuilder
  /// The finished key.
  let key = KeyEncoder()
  /// The components of a compound key, in case they are set in another order than the key's.
  private let components: [KeyEncoder]
  /// Which columns were given.
  private let isSet: UnsafeMutablePointer<Bool>
  /// What columns of numbers, days and moments were given.
  private let numbers: UnsafeMutablePointer<Int64>
  private let count: Int
  private let layout: RecordLayout
  private let places: UnsafePointer<RecordLayout.Place>

  init(_ plan: TablePlan) {
    self.plan = plan
    layout = plan.layout
    places = plan.layout.places
    builder = RowBuilder(plan.layout.row)
    components =
      plan.layout.keyParts.count == 1 ? [key] : plan.layout.keyParts.map { _ in KeyEncoder() }
    count = plan.types.count
    isSet = .allocate(capacity: plan.types.count)
    isSet.initialize(repeating: false, count: plan.types.count)
    numbers = .allocate(capacity: plan.types.count)
    numbers.initialize(repeating: 0, count: plan.types.count)
  }

  deinit {
    isSet.deallocate()
    numbers.deallocate()
  }

  /// Bytes of memory that it keeps, about.
  var memory: Int {
    components.reduce(key.buffer.capacity) { $0 + $1.buffer.capacity } + builder.out.capacity
      + builder.spare.capacity
  }

  /// Starts a new row.
  @inline(__always)
  func begin() {
    builder.begin()
    if components.count == 1 {
      key.clear()
    } else {
      for component in components { component.clear() }
    }
    isSet.update(repeating: false, count: count)
  }

  /// Whether the column was given, be it null.
  @inline(__always)
  func isGiven(_ ordinal: Int) -> Bool {
    precondition(ordinal >= 0 && ordinal < count)
    return isSet[ordinal]
  }

  /// Notes that a column is given and returns where it goes.
  @inline(__always)
  private func place(_ ordinal: Int, _ type: ColumnType) throws -> RecordLayout.Place {
    precondition(ordinal >= 0 && ordinal < count)
    let place = places[ordinal]
    guard place.type == type else { throw mismatch(ordinal, type) }
    isSet[ordinal] = true
    if place.key >= 0 { components[place.key].clear() }
    return place
  }

  /// The number, day or moment that a column was given since the row began.
  @inline(__always)
  func number(_ ordinal: Int) -> Int64 {
    precondition(ordinal >= 0 && ordinal < count)
    return numbers[ordinal]
  }

  /// The text of a component that is not null.
  @inline(__always)
  func text(_ part: PlainKey.Part) -> UnsafeRawBufferPointer {
    builder.bytes(variable: part.place)
  }

  /// Whether a component is null in this row.
  @inline(__always)
  func isNull(_ part: PlainKey.Part) -> Bool {
    switch part.source {
    case .number: builder.isNull(code: part.place)
    case .text: builder.isNull(variable: part.place)
    case .key: false
    }
  }

  func mismatch(_ ordinal: Int, _ found: ColumnType?) -> DatabaseError {
    let column = plan.schema.columns[ordinal]
    return DatabaseError(
      .typeMismatch,
      "\(plan.schema.name).\(column.name): the column is \(column.type.name), "
        + "the value \(found?.name ?? "null")",
      table: plan.schema.name, columns: [column.name])
  }

  /// Sets a column to null.
  @inline(__always)
  func setNull(_ ordinal: Int) throws {
    guard layout.columns[ordinal].nullable else { throw nullRefused(ordinal) }
    isSet[ordinal] = true
    builder.setNull(layout.places[ordinal].row)
  }

  func nullRefused(_ ordinal: Int) -> DatabaseError {
    let column = plan.schema.columns[ordinal].name
    return DatabaseError(
      .notNullViolation, "\(plan.schema.name).\(column): a value is required",
      table: plan.schema.name,
      columns: [column])
  }

  @inline(__always)
  func setInt(_ ordinal: Int, _ value: Int64) throws {
    let place = try place(ordinal, .int)
    numbers[ordinal] = value
    if place.key >= 0 {
      components[place.key].append(int: value)
    } else {
      builder.setInt(place.row, value)
    }
  }

  @inline(__always)
  func setDouble(_ ordinal: Int, _ value: Double) throws {
    let place = try place(ordinal, .double)
    guard value.isFinite else {
      let column = plan.schema.columns[ordinal].name
      throw DatabaseError(
        .typeMismatch, "\(plan.schema.name).\(column): the value is not a finite number",
        table: plan.schema.name, columns: [column])
    }
    if place.key >= 0 {
      components[place.key].append(double: value)
    } else {
      builder.setDouble(place.row, value)
    }
  }

  @inline(__always)
  func setBool(_ ordinal: Int, _ value: Bool) throws {
    let place = try place(ordinal, .bool)
    if place.key >= 0 {
      components[place.key].append(bool: value)
    } else {
      builder.setBool(place.row, value)
    }
  }

  @inline(__always)
  func setText(_ ordinal: Int, _ value: String) throws {
    let place = try place(ordinal, .text)
    if place.key >= 0 {
      let part = layout.keyParts[place.key]
      value.withUTF8Bytes { components[place.key].append(text: $0, collation: part.collation) }
    }
    if place.row >= 0 { builder.setText(place.row, value) }
  }

  @inline(__always)
  func setBytes(_ ordinal: Int, _ value: UnsafeRawBufferPointer) throws {
    let place = try place(ordinal, .bytes)
    if place.key >= 0 {
      components[place.key].append(bytes: value)
    } else {
      builder.setField(place.row, value)
    }
  }

  @inline(__always)
  func setDate(_ ordinal: Int, _ value: CalendarDate) throws {
    let place = try place(ordinal, .date)
    numbers[ordinal] = Int64(value.days)
    if place.key >= 0 {
      components[place.key].append(int: Int64(value.days))
    } else {
      builder.setDate(place.row, value)
    }
  }

  @inline(__always)
  func setTime(_ ordinal: Int, _ value: TimeOfDay) throws {
    let place = try place(ordinal, .time)
    numbers[ordinal] = value.microseconds
    if place.key >= 0 {
      components[place.key].append(int: value.microseconds)
    } else {
      builder.setTime(place.row, value)
    }
  }

  @inline(__always)
  func setTimestamp(_ ordinal: Int, _ value: Timestamp) throws {
    let place = try place(ordinal, .timestamp)
    numbers[ordinal] = value.microseconds
    if place.key >= 0 {
      components[place.key].append(int: value.microseconds)
    } else {
      builder.setTimestamp(place.row, value)
    }
  }

  @inline(__always)
  func setUUID(_ ordinal: Int, _ value: UUID) throws {
    let place = try place(ordinal, .uuid)
    if place.key >= 0 {
      components[place.key].append(uuid: value)
    } else {
      withUnsafeBytes(of: value.uuid) { builder.setUUID(place.row, bytes: $0) }
    }
  }

  func setDecimal(_ ordinal: Int, _ value: ExactDecimal) throws {
    let place = try place(ordinal, .decimal)
    if place.key >= 0 { components[place.key].append(decimal: value) }
    builder.setDecimal(place.row, value)
  }

  @inline(__always)
  func setJSON(_ ordinal: Int, _ value: UnsafeRawBufferPointer) throws {
    let place = try place(ordinal, .json)
    builder.setField(place.row, value)
  }

  func setAny(_ ordinal: Int, _ value: AnyValue) throws {
    let place = try place(ordinal, .any)
    builder.setAny(place.row, value)
  }
}

extension RowAssembler {
  /// Sets a column to a value of its type, or to null.
  func set(_ ordinal: Int, _ value: Value) throws {
    switch value {
    case .null: try setNull(ordinal)
    case .int(let value): try setInt(ordinal, value)
    case .double(let value): try setDouble(ordinal, value)
    case .bool(let value): try setBool(ordinal, value)
    case .text(let value): try setText(ordinal, value)
    case .bytes(let value): try value.withUnsafeBytes { try setBytes(ordinal, $0) }
    case .date(let value): try setDate(ordinal, value)
    case .time(let value): try setTime(ordinal, value)
    case .timestamp(let value): try setTimestamp(ordinal, value)
    case .uuid(let value): try setUUID(ordinal, value)
    case .decimal(let value): try setDecimal(ordinal, value)
    case .json(let value): try value.withUnsafeBytes { try setJSON(ordinal, $0) }
    case .any(let value): try setAny(ordinal, value)
    }
  }

  /// Starts a row that is a copy of another, for single columns to be changed. JSON columns hold
  /// the other row's cells until they are set.
  func begin(copying row: RecordView) throws {
    begin()
    try builder.begin(copying: row.row)
    for component in layout.keyParts.indices {
      components[component].buffer.append(try row.keyComponent(component))
    }
    isSet.update(repeating: false, count: count)
  }

  /// Gives the columns that were not set their defaults and ends the row. The bytes are valid
  /// until the next row begins.
  @inline(__always)
  func finish(_ writer: TableWriter) throws -> UnsafeRawBufferPointer {
    for ordinal in 0..<count where !isSet[ordinal] {
      try fill(ordinal, writer)
    }
    try joinKey()
    return try builder.finish()
  }

  private func fill(_ ordinal: Int, _ writer: TableWriter) throws {
    switch plan.defaults[ordinal] {
    case .null:
      guard layout.columns[ordinal].nullable else { throw nullRefused(ordinal) }
    case .automatic: try setInt(ordinal, try writer.takeKey())
    case .value(let value): try set(ordinal, value)
    case let other: try set(ordinal, other.value(now: writer.now))
    }
  }

  /// Puts the components of a compound key together.
  @inline(__always)
  func joinKey() throws {
    if components.count > 1 {
      key.clear()
      for component in components { key.buffer.append(component.key) }
    }
  }
}
