import CareFSTestSupport

/// One of the things that a seed's run does. What exactly, its own seed decides, so that operations
/// can be left out without changing the others.
struct SeedOperation: CustomStringConvertible {
  enum Kind: String, CaseIterable {
    // Statements; several in a row make one transaction.
    case insert, batch, update, upsert, delete, deleteMany, clash, savepoint, undo
    // Looking at what is there, inside of transactions or on their own.
    case lookUp, scan, filter, order
    // Things that happen to the file as a whole.
    case snapshot, check, checkpoint, compact, reopen, adapt, crash, fault, commit
  }

  var kind: Kind
  var seed: UInt64

  var description: String { "\(kind.rawValue):\(seed)" }

  /// Reads what `description` prints.
  init?(_ text: Substring) {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
      let seed = UInt64(parts[1])
    else { return nil }
    self.init(kind: kind, seed: seed)
  }

  init(kind: Kind, seed: UInt64) {
    self.kind = kind
    self.seed = seed
  }

  /// Whether it can be part of a transaction.
  var isStatement: Bool {
    switch kind {
    case .insert, .batch, .update, .upsert, .delete, .deleteMany, .clash, .savepoint, .undo,
      .lookUp, .scan, .filter, .order:
      true
    default: false
    }
  }

  /// Whether the file must be closed for it.
  var needsClosedFile: Bool { kind == .reopen || kind == .compact || kind == .adapt }

  /// How often each kind comes among those that a seed allows.
  private static func weight(_ kind: Kind) -> Int {
    switch kind {
    case .insert: 24
    case .update, .upsert: 10
    case .delete: 8
    case .batch, .filter: 6
    case .clash, .savepoint, .order, .scan, .lookUp: 4
    case .fault: 3
    case .deleteMany, .undo, .snapshot, .crash: 2
    case .commit: 12
    case .check, .checkpoint, .compact, .reopen, .adapt: 1
    }
  }

  /// The operations of a seed: about half of the kinds are left out altogether.
  static func stream(_ seed: UInt64, count: Int, without excluded: Set<Kind> = []) -> [Self] {
    var random = SeededRandom(seed)
    var kinds = Kind.allCases.filter { kind in
      let isChosen = random.next() & 1 == 0
      return (isChosen || kind == .insert) && !excluded.contains(kind)
    }
    // Now and then everything at once.
    if random.below(8) == 0 { kinds = Kind.allCases.filter { !excluded.contains($0) } }
    let bag = kinds.flatMap { Array(repeating: $0, count: weight($0)) }
    return (0..<count).map { _ in
      SeedOperation(kind: bag[random.below(bag.count)], seed: random.next() >> 40)
    }
  }
}
