import BTree
import PageStore

/// Whether rows refer to rows that are there, where both keys hold the same bytes in the same
/// order: one goes through the children's keys and through the parents' at the same time, without a
/// search for each.
final class ReferenceMerge {
  /// Steps from parent to parent before a search is cheaper.
  private static let stepLimit = 32

  /// The behavior behind a pointer: accesses to a class's variables are checked at run time.
  private struct State {
    var hasLast = false
    var isPlaced = false
    var hasParent = false
  }

  private let parents: TreeCursor
  private let part: KeyPart
  /// 1 where the child's key has a byte for null in front and the parent's has none.
  private let skipped: Int
  private let last = ByteBuffer(capacity: 64)
  private let state: UnsafeMutablePointer<State>

  /// Nil where the keys differ: then each reference takes a search.
  init?(_ reference: ForeignKeyPlan, in transaction: Transaction) {
    guard let skipped = Self.skippedBytes(reference) else { return nil }
    self.skipped = skipped
    part = reference.prefix[0].part
    let parent = transaction.plan.tables[reference.parent]
    let tree = reference.parentIndex.map { parent.indexes[$0].tree.tree } ?? parent.rows
    parents = tree.cursor(in: transaction.pages)
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit { state.deallocate() }

  /// Whether a reference can be checked so.
  static func suits(_ reference: ForeignKeyPlan) -> Bool { skippedBytes(reference) != nil }

  private static func skippedBytes(_ reference: ForeignKeyPlan) -> Int? {
    guard reference.prefix.count == 1, reference.probe.count == 1 else { return nil }
    var own = reference.prefix[0].part
    let other = reference.probe[0].part
    if own == other { return 0 }
    own.nullable = other.nullable
    return own == other && !other.nullable && !other.descending ? 1 : nil
  }

  /// Whether the row is there to which an entry of the child's key refers. Keys must ascend.
  func isServed(_ key: UnsafeRawBufferPointer) throws -> Bool {
    let state = state
    if state.pointee.hasLast, RawBytes.hasPrefix(key, last.bytes) { return true }
    var decoder = KeyDecoder(key)
    let isNull = try decoder.skip(part)
    last.clear()
    last.append(UnsafeRawBufferPointer(rebasing: key[..<decoder.place]))
    state.pointee.hasLast = true
    if isNull { return true }
    let wanted = UnsafeRawBufferPointer(rebasing: last.bytes[skipped...])
    if !state.pointee.isPlaced {
      state.pointee.isPlaced = true
      state.pointee.hasParent = try parents.seek(wanted)
    }
    var steps = 0
    while state.pointee.hasParent {
      let order = RawBytes.compare(parents.key, wanted)
      if order >= 0 { return order == 0 }
      steps += 1
      state.pointee.hasParent =
        steps > Self.stepLimit ? try parents.seek(wanted) : try parents.next()
    }
    return false
  }
}
