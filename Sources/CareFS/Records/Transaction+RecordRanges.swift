import BTree
import PageStore

extension Transaction {
  /// Visits records from a key on, in place, in the order of their keys.
  ///
  /// ```swift
  /// try tx.forEach(Appointment.self, from: 1_000, limit: 50) { row in
  ///   print(try row.date(3))
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - start: the key of the first record; where there is none with it, the next greater key is
  ///     the first.
  ///   - limit: the most records; nil is all up to the last.
  /// - Complexity: the logarithm of the number of records, and what is visited.
  public func forEach<R: Record>(
    _ type: R.Type, from start: R.Key, limit: Int? = nil, _ body: (RecordRow) throws -> Void
  ) throws {
    try ensureOpen()
    try reporting {
      let binding = try binding(type)
      // A key that does not fit is refused even where nothing is visited.
      try encodeKey(start, binding)
      var left = limit ?? .max
      guard left > 0 else { return }
      let view = try makeView(binding.plan)
      let cursor = binding.plan.rows.cursor(in: pages)
      defer { cursor.close() }
      let row = RecordRow(view, binding)
      view.cursor = cursor
      var found = try cursor.seek(keyBuffer.key)
      while found {
        try view.load(row: try cursor.loadValue())
        try body(row)
        left -= 1
        found = try left > 0 && cursor.next()
      }
    }
  }

  /// The records from a key on, in the order of their keys; see
  /// ``forEach(_:from:limit:_:)``.
  public func fetch<R: Record>(
    _ type: R.Type, from start: R.Key, limit: Int? = nil
  ) throws -> [R] {
    var records: [R] = []
    try forEach(type, from: start, limit: limit) { records.append(try R(row: $0)) }
    return records
  }
}
