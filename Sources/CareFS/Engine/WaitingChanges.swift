import BTree
import PageStore

/// Changes of one index that wait for more: applied together, in the order of their keys, they touch
/// each of the index's pages once instead of here and there.
///
/// Only for entries that no statement can be refused for: those of indexes that are not unique. Who
/// looks at the index must have them applied before.
final class WaitingChanges {
  private let entries = SortedEntries()
  /// So much memory may they take.
  private static let mostBytes = 2 << 20

  /// Whether they should be applied before more are added.
  var isFull: Bool { entries.byteCount >= Self.mostBytes }

  /// Adds an insert or a delete of an entry.
  func add(_ key: UnsafeRawBufferPointer, isInsert: Bool) {
    entries.add(key, tag: isInsert ? 1 : 0)
  }

  /// Forgets them.
  func clear() { entries.clear() }

  /// Applies them. Of one key they are applied in the order in which they came.
  ///
  /// - Returns: false if an entry to insert is there, or one to delete is not.
  func apply(_ editor: TreeEditor) throws(StoreError) -> Bool {
    defer { entries.clear() }
    entries.sort()
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    for rank in 0..<entries.count {
      let key = entries.key(rank)
      let isDone =
        entries.tag(rank) == 1 ? try editor.insert(key, empty) : try editor.delete(key)
      guard isDone else { return false }
    }
    return true
  }
}

/// When the changes of an index wait.
struct ChangePatience {
  /// Changes that were applied at once.
  private var count = 0
  private(set) var waiting: WaitingChanges?

  /// From so many changes on they wait: few are not worth it.
  #if TEST_SWITCHES
    private static let leastChanges = 2
  #else
    private static let leastChanges = 24
  #endif

  /// Counts a change that comes. Returns the changes that it should be added to, if it is to wait.
  @inline(__always)
  mutating func next() -> WaitingChanges? {
    if let waiting { return waiting }
    count &+= 1
    if count >= Self.leastChanges { waiting = WaitingChanges() }
    return nil
  }
}

extension TableWriter {
  /// Inserts an entry with no value, now or with others later. Returns false if it is there, as far as
  /// that is known.
  @inline(__always)
  func insertPlain(_ index: Int, _ key: UnsafeRawBufferPointer) throws -> Bool {
    if let waiting = try waiting(index, key) {
      waiting.add(key, isInsert: true)
      return true
    }
    return try editors[index].insert(key, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// Deletes an entry, now or with others later. Returns false if it is not there, as far as that is
  /// known.
  @inline(__always)
  func deleteEntry(_ index: Int, _ key: UnsafeRawBufferPointer) throws -> Bool {
    if let waiting = try waiting(index, key) {
      waiting.add(key, isInsert: false)
      return true
    }
    return try editors[index].delete(key)
  }

  /// The changes of an index that the one of an entry is to wait with.
  @inline(__always)
  private func waiting(_ index: Int, _ key: UnsafeRawBufferPointer) throws -> WaitingChanges? {
    guard let waiting = patience[index]?.next() else { return nil }
    // Too long a key is refused at once, and in its turn.
    guard key.count <= Tree.maxKeyLength else {
      try settle(index)
      return nil
    }
    if waiting.isFull { try settle(index) }
    return waiting
  }

  /// Applies the changes of an index that wait.
  func settle(_ index: Int) throws {
    guard let waiting = patience[index]?.waiting else { return }
    do {
      guard try waiting.apply(editors[index]) else { throw transaction.indexDamage(plan, index) }
    } catch { throw transaction.fail(error) }
  }

  /// Applies the changes of all indexes that wait.
  func settle() throws {
    for index in patience.indices { try settle(index) }
  }

  /// The same of an index that is looked at; from now on none of its changes waits, since who looks
  /// may go on while they come.
  func lookAt(_ index: Int) throws {
    guard patience[index] != nil else { return }
    try settle(index)
    patience[index] = nil
  }

  /// Lets changes wait again, in a new transaction.
  func beginWaiting() {
    for index in patience.indices {
      let mayWait = transaction.changesMayWait && plan.indexes[index].kind != .unique
      patience[index] = mayWait ? ChangePatience() : nil
    }
  }

  /// Forgets the changes that wait: they are undone.
  func forgetWaiting() {
    for index in patience.indices { patience[index]?.waiting?.clear() }
  }
}
