/// The entries of one row in the indexes of its table, built in memory that is kept.
final class IndexEntries {
  /// One entry; its key lies in the buffer.
  struct Entry {
    var index: Int32
    var start: Int32
    var end: Int32
  }

  /// The entries lie behind a pointer: accesses to a class's variables are checked at run time.
  private struct State {
    var entries = UnsafeMutablePointer<Entry>.allocate(capacity: 16)
    var capacity = 16
    var count = 0
  }

  private let state: UnsafeMutablePointer<State>
  let encoder = KeyEncoder(ByteBuffer(capacity: 512))
  private let scratch = ByteBuffer(capacity: 64)

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  /// Bytes of memory that it keeps.
  var memory: Int {
    state.pointee.capacity * MemoryLayout<Entry>.stride + encoder.buffer.capacity + scratch.capacity
  }

  deinit {
    state.pointee.entries.deallocate()
    state.deallocate()
  }

  /// The entries; valid until the next row.
  @inline(__always)
  var all: UnsafeBufferPointer<Entry> {
    UnsafeBufferPointer(start: state.pointee.entries, count: state.pointee.count)
  }

  @inline(__always)
  func clear() {
    state.pointee.count = 0
    encoder.clear()
  }

  /// The key of an entry; valid until the next row.
  @inline(__always)
  func key(_ entry: Entry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: encoder.key[Int(entry.start)..<Int(entry.end)])
  }

  /// Builds the entries of a row in those indexes for which `wanted` is true.
  @inline(__always)
  func gather(
    _ row: RecordView, _ plan: TablePlan, _ context: EvaluationContext,
    where wanted: (IndexPlan) -> Bool
  ) throws {
    clear()
    for index in plan.indexes.indices where wanted(plan.indexes[index]) {
      try gather(row, plan.indexes[index], index, context)
    }
  }

  /// Builds the entries of a row in all indexes.
  @inline(__always)
  func gather(_ row: RecordView, _ plan: TablePlan, _ context: EvaluationContext) throws {
    clear()
    for index in plan.indexes.indices {
      try gather(row, plan.indexes[index], index, context)
    }
  }

  func gather(
    _ row: RecordView, _ index: IndexPlan, _ position: Int, _ context: EvaluationContext
  ) throws {
    if let condition = index.condition, try !context.isTrue(condition, row) { return }
    if let path = index.path { return try gatherPath(row, index, path, position) }
    let start = encoder.key.count
    let complete = try encoder.append(index.parts, of: row)
    // Nulls are distinct, so an entry with one carries the row's key, as plain indexes do.
    if index.kind != .unique || !complete { encoder.buffer.append(row.key) }
    try add(position, from: start)
  }

  private func gatherPath(
    _ row: RecordView, _ index: IndexPlan, _ path: JSONPath, _ position: Int
  ) throws {
    let field = index.parts[0]
    guard try !row.isNull(field.ordinal) else { return }
    let document = try row.bytes(field.ordinal)
    let first = all.count
    try path.forEachMatch(in: document) { match in
      let start = encoder.key.count
      guard
        match.appendKey(
          in: document, collation: field.part.collation, scratch: scratch, to: encoder)
      else { return }
      if field.part.descending { encoder.buffer.complement(from: start) }
      encoder.buffer.append(row.key)
      // An element that stands in the array twice has one entry.
      let key = UnsafeRawBufferPointer(rebasing: encoder.key[start...])
      if path.isMultiple, all[first...].contains(where: { RawBytes.equal(self.key($0), key) }) {
        encoder.buffer.truncate(to: start)
      } else {
        try add(position, from: start)
      }
    }
  }

  @inline(__always)
  private func add(_ position: Int, from start: Int) throws {
    let end = encoder.key.count
    guard end <= Int(Int32.max) else { throw DatabaseError(.tooLarge, "the keys of a row") }
    if state.pointee.count == state.pointee.capacity { grow() }
    (state.pointee.entries + state.pointee.count).initialize(
      to: Entry(
        index: Int32(truncatingIfNeeded: position), start: Int32(truncatingIfNeeded: start),
        end: Int32(truncatingIfNeeded: end)))
    state.pointee.count += 1
  }

  private func grow() {
    let count = state.pointee.count
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: count * 2)
    larger.moveInitialize(from: state.pointee.entries, count: count)
    state.pointee.entries.deallocate()
    state.pointee.entries = larger
    state.pointee.capacity = count * 2
  }
}
