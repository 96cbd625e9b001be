import BTree
import Testing

@testable import PageStore

/// A small seeded generator, so that a failing run can be repeated.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// Compares as the tree does.
func isBelow(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.lexicographicallyPrecedes(right)
}

/// A tree beside a model of what it must hold.
final class TreeHarness {
  let transaction: PageTransaction
  let tree: Tree
  let editor: TreeEditor
  var keys: [[UInt8]] = []
  var values: [[UInt8]: [UInt8]] = [:]

  let pager: Pager

  init(pageSize: Int) throws {
    var options = PagerOptions()
    options.pageSize = pageSize
    options.hasBackgroundCheckpoints = false
    pager = try Pager.create(
      path: "tree", fileSystem: MemoryFileSystem(), options: options)
    transaction = try pager.beginWrite()
    tree = try Tree.create(id: 7, in: transaction)
    editor = tree.editor(in: transaction)
  }

  /// Pages that the file holds for trees: none may be lost.
  func pagesInUse() throws -> Int {
    var count = 0
    let freeSpace = pager.freeSpace
    try freeSpace.forEachUsed(transaction) { page in
      if page > 2 && !freeSpace.isMap(page) { count += 1 }
    }
    return count
  }

  // MARK: - Model

  func modelIndex(_ key: [UInt8]) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if isBelow(keys[middle], key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: - Operations on both

  func insert(_ key: [UInt8], _ value: [UInt8], _ conflict: Conflict = .keep) throws {
    let result = try key.withUnsafeBytes { k in
      try value.withUnsafeBytes { v in try editor.insert(k, v, ifPresent: conflict) }
    }
    let isPresent = values[key] != nil
    try #require(result == (conflict == .keep ? !isPresent : isPresent))
    if !isPresent { keys.insert(key, at: modelIndex(key)) }
    if !isPresent || conflict == .replace { values[key] = value }
  }

  func delete(_ key: [UInt8]) throws {
    let result = try key.withUnsafeBytes { try editor.delete($0) }
    try #require(result == (values[key] != nil))
    if values.removeValue(forKey: key) != nil { keys.remove(at: modelIndex(key)) }
  }

  func verifyFind(_ key: [UInt8]) throws {
    transaction.enter()
    defer { transaction.leave() }
    let byTree = try key.withUnsafeBytes { try tree.find($0, in: transaction).map(Array.init) }
    let byEditor = try key.withUnsafeBytes { try editor.find($0).map(Array.init) }
    try #require(byTree == values[key])
    try #require(byEditor == values[key])
  }

  /// Looks up keys that are there, and their neighbours, together.
  func verifyLookup(_ wanted: [[UInt8]]) throws {
    let lookup = TreeLookup(tree, in: transaction)
    var rest = wanted[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(TreeLookup.capacity))
      rest = rest.dropFirst(batch.count)
      lookup.clear()
      for key in batch { key.withUnsafeBytes { lookup.add($0) } }
      try lookup.find()
      for (place, key) in batch.enumerated() {
        try #require(Array(lookup.key(place)) == key)
        switch lookup.outcome(place) {
        case .absent: try #require(values[key] == nil)
        case .value(let bytes): try #require(values[key] == Array(bytes))
        case .long: try #require((values[key]?.count ?? 0) > transaction.pageSize / 8)
        }
      }
    }
  }

  /// Runs the checker and compares all entries with the model.
  @discardableResult
  func verify(_ location: SourceLocation = #_sourceLocation) throws -> TreeReport {
    var index = 0
    var differences = 0
    let report = try tree.check(in: transaction) { key, value in
      if index >= self.keys.count || !key.elementsEqual(self.keys[index])
        || !value.elementsEqual(self.values[self.keys[index]] ?? [])
      {
        differences += 1
      }
      index += 1
    }
    try #require(report.findings == [], sourceLocation: location)
    try #require(differences == 0, sourceLocation: location)
    #expect(index == keys.count, sourceLocation: location)
    #expect(report.entries == keys.count, sourceLocation: location)
    let inUse = try pagesInUse()
    #expect(inUse == report.pages.count, sourceLocation: location)
    return report
  }

  /// Walks a cursor over everything in both directions.
  func verifyCursor(_ location: SourceLocation = #_sourceLocation) throws {
    let cursor = tree.cursor(in: transaction)
    defer { cursor.close() }
    var seen = 0
    while try cursor.next() {
      guard seen < keys.count else { break }
      let value = try cursor.loadValue()
      if !cursor.key.elementsEqual(keys[seen]) || !value.elementsEqual(values[keys[seen]] ?? []) {
        Issue.record("forward differs at \(seen)", sourceLocation: location)
        return
      }
      seen += 1
    }
    #expect(seen == keys.count, sourceLocation: location)
    guard try cursor.seekLast() else {
      #expect(keys.isEmpty, sourceLocation: location)
      return
    }
    repeat {
      seen -= 1
      guard seen >= 0 else { break }
      if !cursor.key.elementsEqual(keys[seen]) {
        Issue.record("backward differs at \(seen)", sourceLocation: location)
        return
      }
    } while try cursor.previous()
    #expect(seen == 0, sourceLocation: location)
  }
}

/// A number as a key that orders as it does.
func numberKey(_ number: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt64(number).bigEndian, Array.init)
}

let pageSizes = [4_096, 8_192, 16_384, 32_768, 65_536]
