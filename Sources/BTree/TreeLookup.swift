import PageStore

/// Finds several keys of a tree together, in memory of its own.
///
/// A search waits for memory several times: for its leaf, for the slots there, for the cell. Searches
/// that take each step together wait together, which for rows all over a table is most of the time.
public final class TreeLookup {
  /// The most keys at once: their leaves' first lines and cells fit the processor's first cache.
  public static let capacity = 32

  /// What was found for a key.
  public enum Outcome {
    case absent
    /// The value; valid until the next `find` or `clear`.
    case value(UnsafeRawBufferPointer)
    /// There is a value, in pages of its own: a cursor reads it.
    case long
  }

  private struct Item {
    var keyStart = 0
    var keyLength = 0
    var leaf: PageNumber = 0
    var base: UnsafeRawPointer?
    /// Where the search in the leaf goes on.
    var slot = 0
    var valueStart = 0
    /// Below zero: there is none, or a long one.
    var valueLength = 0
  }

  private static let isAbsent = -1
  private static let isLong = -2
  private static let lineSize = 64

  private let source: PageSource
  private let items: UnsafeMutablePointer<Item>
  // Checks at run time would cost as much as the search.
  @exclusivity(unchecked) private var keys = ScratchBuffer(capacity: 512)
  @exclusivity(unchecked) private var values = ScratchBuffer(capacity: 4096)
  /// Uses what was looked at ahead, which the compiler would leave out else.
  @exclusivity(unchecked) private var touched: UInt8 = 0
  /// The number of keys.
  public var count: Int { filled }
  @exclusivity(unchecked) private var filled = 0
  /// How many keys are worth a search: few at first, as who wants the first one only shall not wait
  /// for many.
  public var wanted: Int { worth }
  @exclusivity(unchecked) private var worth = 1

  /// Looks up in a tree; the transaction is one that reads.
  public init(_ tree: Tree, in transaction: PageTransaction) {
    source = PageSource(transaction: transaction, tree: tree)
    items = .allocate(capacity: Self.capacity)
    items.initialize(repeating: Item(), count: Self.capacity)
  }

  deinit {
    items.deallocate()
    keys.deallocate()
    values.deallocate()
  }

  /// Forgets the keys.
  public func clear() {
    filled = 0
    keys.count = 0
  }

  /// Adds a key, which is copied, to those that `find` looks up; there is room for ``capacity``.
  public func add(_ key: UnsafeRawBufferPointer) {
    precondition(filled < Self.capacity)
    items[filled] = Item(keyStart: keys.count, keyLength: key.count)
    keys.append(key.start, key.count)
    filled += 1
  }

  /// A key by its place.
  public func key(_ place: Int) -> UnsafeRawBufferPointer {
    precondition(place >= 0 && place < filled)
    return UnsafeRawBufferPointer(
      start: keys.base + items[place].keyStart, count: items[place].keyLength)
  }

  /// What was found for a key.
  public func outcome(_ place: Int) -> Outcome {
    precondition(place >= 0 && place < filled)
    let item = items[place]
    switch item.valueLength {
    case Self.isAbsent: return .absent
    case Self.isLong: return .long
    default:
      return .value(
        UnsafeRawBufferPointer(start: values.base + item.valueStart, count: item.valueLength))
    }
  }

  /// Looks the keys up. O(depth) pages each.
  public func find() throws(StoreError) {
    source.transaction.enter()
    defer { source.transaction.leave() }
    values.count = 0
    for place in 0..<filled {
      items[place].leaf = try leaf(keys.base + items[place].keyStart, items[place].keyLength)
    }
    var touched: UInt8 = 0
    for place in 0..<filled {
      let base = try source.transaction.page(
        items[place].leaf, kind: .tree, owner: source.tree.id)
      items[place].base = base
      // Header and slots.
      for line in 1..<4 {
        touched &+= base.load(fromByteOffset: line &* Self.lineSize, as: UInt8.self)
      }
    }
    for place in 0..<filled {
      guard let node = try node(place) else { continue }
      let slot = node.firstSlot(keys.base + items[place].keyStart, items[place].keyLength)
      items[place].slot = slot
      if slot < node.count {
        // Checked before it is used: any byte of the page may be looked at.
        let offset = min(node.cellOffset(slot), source.contentEnd &- 1)
        touched &+= node.base.load(fromByteOffset: offset, as: UInt8.self)
      }
    }
    self.touched = touched
    for place in 0..<filled { try take(place) }
    worth = min(worth * 2, Self.capacity)
  }

  private func node(_ place: Int) throws(StoreError) -> Node? {
    guard let base = items[place].base else { return nil }
    let node = try Node(base, page: items[place].leaf, contentEnd: source.contentEnd)
    guard node.isLeaf else { throw corrupt(node.page, "a tree page is of a wrong level") }
    return node
  }

  /// The page of the leaf that holds a key, or would.
  private func leaf(_ key: UnsafeRawPointer, _ length: Int) throws(StoreError) -> PageNumber {
    var node = try source.node(source.tree.root)
    guard !node.isLeaf else { return source.tree.root }
    while true {
      let child = try node.child(try node.childIndex(key, length, source))
      if node.level == 1 { return child }
      node = try source.node(child, level: node.level &- 1)
    }
  }

  /// Copies a key's value.
  private func take(_ place: Int) throws(StoreError) {
    items[place].valueLength = Self.isAbsent
    guard let node = try node(place) else { return }
    let position = try node.search(
      keys.base + items[place].keyStart, items[place].keyLength, source,
      firstSlot: items[place].slot)
    guard position.found else { return }
    if let value = node.plainValue(position.index) {
      items[place].valueStart = values.count
      items[place].valueLength = value.count
      values.append(value.start, value.count)
      return
    }
    let cell = try node.leafCell(position.index)
    guard cell.valueChain == 0 else {
      items[place].valueLength = Self.isLong
      return
    }
    items[place].valueStart = values.count
    items[place].valueLength = cell.valueLength
    values.append(cell.value, cell.valueLength)
  }
}
