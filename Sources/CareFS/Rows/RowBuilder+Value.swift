extension RowBuilder {
  /// Sets a column to a value.
  ///
  /// - Throws: `typeMismatch` if the value is not of the column's type; `noDocuments` for JSON,
  ///   whose cell the document store makes.
  func set(_ column: Int, to value: Value) throws(RowError) {
    let type = layout.type(column)
    switch (value, type) {
    case (.null, _): setNull(column)
    case (.int(let int), .int): setInt(column, int)
    case (.double(let double), .double): setDouble(column, double)
    case (.bool(let bool), .bool): setBool(column, bool)
    case (.text(let text), .text): setText(column, text)
    case (.bytes(let bytes), .bytes): bytes.withUnsafeBytes { setField(column, $0) }
    case (.date(let date), .date): setDate(column, date)
    case (.time(let time), .time): setTime(column, time)
    case (.timestamp(let moment), .timestamp): setTimestamp(column, moment)
    case (.uuid(let uuid), .uuid):
      withUnsafeBytes(of: uuid.uuid) { setUUID(column, bytes: $0) }
    case (.decimal(let decimal), .decimal): setDecimal(column, decimal)
    case (.any(let any), .any): setAny(column, any)
    case (.json, .json): throw .noDocuments
    default: throw .typeMismatch(expected: type, found: value.type)
    }
  }

  /// Sets a column to what it is in another row of the same layout.
  func copy(_ column: Int, from row: RowView) throws(RowError) {
    if row.isNull(column) { return setNull(column) }
    switch layout.type(column) {
    case .int: setInt(column, try row.int(column))
    case .double: setDouble(column, try row.double(column))
    case .bool: setBool(column, try row.bool(column))
    case .date: setDate(column, try row.date(column))
    case .time: setTime(column, try row.time(column))
    case .timestamp: setTimestamp(column, try row.timestamp(column))
    case .uuid: setUUID(column, bytes: try row.uuidBytes(column))
    case .text, .bytes, .decimal, .json, .any:
      setField(column, try row.field(column), isExternal: row.isExternal(column))
    }
  }

  /// Starts a new row that is a copy of another one of the same layout, for single columns to be
  /// changed. Columns that an older row does not hold take their defaults.
  func begin(copying row: RowView) throws(RowError) {
    begin()
    for column in 0..<layout.count { try copy(column, from: row) }
  }
}
