/// The keys that a batch gathers from each of its rows: the entries of the indexes, and the keys of
/// the rows that it refers to.
///
/// Most are built from the assembler's values alone. Those that need the finished row (conditions,
/// documents, other types) are left to their caller.
final class BatchKeys {
  private struct Target {
    var sink: EntrySink
    var parts: UnsafeMutableBufferPointer<PlainKey.Part>
    var ending: KeyEnding
  }

  /// Per index of the table, and per reference of it.
  let indexes: [SortedEntries]
  let parents: [SortedEntries]
  /// What has to be gathered from the finished row, by position in `indexes` and `parents`.
  let slowIndexes: [Int]
  let slowParents: [Int]
  private let targets: UnsafeMutableBufferPointer<Target>

  init(_ plan: TablePlan, _ foreignKeys: [ForeignKeyPlan]) {
    indexes = plan.indexes.map { _ in SortedEntries() }
    parents = plan.outgoing.map { _ in SortedEntries() }
    var slowIndexes: [Int] = []
    var slowParents: [Int] = []
    var found: [Target] = []
    for (place, index) in plan.indexes.enumerated() {
      if let key = index.plainKey(of: plan) {
        let ending: KeyEnding = index.kind == .unique ? .ifNull : .always
        found.append(Self.target(key, indexes[place], ending))
      } else {
        slowIndexes.append(place)
      }
    }
    for (place, reference) in plan.outgoing.enumerated() {
      if let key = PlainKey(foreignKeys[reference].probe, of: plan) {
        found.append(Self.target(key, parents[place], .none))
      } else {
        slowParents.append(place)
      }
    }
    self.slowIndexes = slowIndexes
    self.slowParents = slowParents
    targets = .allocate(capacity: found.count)
    _ = targets.initialize(from: found)
  }

  deinit {
    for target in targets { target.parts.deallocate() }
    targets.deallocate()
  }

  private static func target(
    _ key: PlainKey, _ entries: SortedEntries, _ ending: KeyEnding
  ) -> Target {
    let parts = UnsafeMutableBufferPointer<PlainKey.Part>.allocate(capacity: key.parts.count)
    _ = parts.initialize(from: key.parts)
    return Target(sink: entries.sink, parts: parts, ending: ending)
  }

  /// Gathers what needs no finished row. Returns the bytes that the entries take.
  @inline(__always)
  func gather(_ assembler: RowAssembler, tag: UInt32) -> Int {
    var bytes = 0
    let key = assembler.key.key
    for target in targets {
      let size = target.sink.add(
        UnsafeBufferPointer(target.parts), of: assembler, key: key, ending: target.ending,
        tag: tag)
      if size >= 0 { bytes &+= size &+ SortedEntries.entrySize }
    }
    return bytes
  }

  func clear() {
    for entries in indexes { entries.clear() }
    for entries in parents { entries.clear() }
  }
}
