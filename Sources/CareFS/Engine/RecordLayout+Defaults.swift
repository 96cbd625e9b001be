extension RecordLayout {
  /// The same layout where columns that an older row does not hold read as their defaults.
  /// A column is only ever added to a table with rows if it may be null or has a constant default.
  func filling(defaultsOf columns: [ColumnSchema]) throws -> RecordLayout {
    let builder = RowBuilder(row)
    for (place, ordinal) in rowOrdinals.enumerated() {
      guard case .constant(let constant)? = columns[ordinal].defaultValue,
        let value = constant.value(as: columns[ordinal].type), columns[ordinal].type != .json
      else { continue }
      try builder.set(place, to: value)
    }
    return filling(absent: try builder.finish())
  }
}
