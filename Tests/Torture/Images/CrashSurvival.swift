import CareFSTestSupport

/// Which unsynced items a crash leaves, written so that it can be read back: `subset-5`,
/// `prefix-3.cut255`.
struct CrashSurvival: Hashable, LosslessStringConvertible, Sendable {
  /// Which items are there.
  enum Base: Hashable, Sendable {
    case nothing
    case everything
    case prefix(Int)
    case suffix(Int)
    case except(Int)
    case only(Int)
    case subset(UInt64)
    case random(UInt64)
    case torn(UInt64)
  }

  /// What becomes of the last sector that is there.
  enum Last: String, Hashable, Sendable, CaseIterable {
    case whole, cut1, cut255, cut511, end255, garbage
  }

  var base: Base
  var last: Last = .whole

  init(_ base: Base, _ last: Last = .whole) {
    self.base = base
    self.last = last
  }

  var description: String {
    let name =
      switch base {
      case .nothing: "nothing"
      case .everything: "everything"
      case .prefix(let n): "prefix-\(n)"
      case .suffix(let n): "suffix-\(n)"
      case .except(let n): "except-\(n)"
      case .only(let n): "only-\(n)"
      case .subset(let n): "subset-\(n)"
      case .random(let n): "random-\(n)"
      case .torn(let n): "torn-\(n)"
      }
    return last == .whole ? name : "\(name).\(last.rawValue)"
  }

  init?(_ text: String) {
    let halves = text.split(separator: ".", maxSplits: 1)
    let parts = (halves.first ?? "").split(separator: "-", maxSplits: 1)
    let number = parts.count > 1 ? UInt64(parts[1]) : nil
    let count = number.flatMap { Int(exactly: $0) }
    switch (parts.first ?? "", number, count) {
    case ("nothing", nil, _): base = .nothing
    case ("everything", nil, _): base = .everything
    case ("prefix", _, let n?): base = .prefix(n)
    case ("suffix", _, let n?): base = .suffix(n)
    case ("except", _, let n?): base = .except(n)
    case ("only", _, let n?): base = .only(n)
    case ("subset", let n?, _): base = .subset(n)
    case ("random", let n?, _): base = .random(n)
    case ("torn", let n?, _): base = .torn(n)
    default: return nil
    }
    guard halves.count > 1 else { return }
    guard let last = Last(rawValue: String(halves[1])) else { return nil }
    self.last = last
  }

  /// Whether a sector may be there in part, or as garbage.
  var isTorn: Bool {
    if case .torn = base { true } else { last != .whole }
  }

  /// The rule for these items.
  func survival(of items: [UnsyncedItem]) -> Survival {
    var fates = items.indices.map { fate($0, items.count) }
    let kept = items.indices.last { index in
      guard case .sector = items[index].kind else { return false }
      return fates[index] != .lost
    }
    if let kept {
      switch last {
      case .whole: break
      case .cut1: fates[kept] = .tornPrefix(1)
      case .cut255: fates[kept] = .tornPrefix(255)
      case .cut511: fates[kept] = .tornPrefix(511)
      case .end255: fates[kept] = .tornSuffix(257)
      case .garbage: fates[kept] = .garbage(UInt64(kept) &+ 77)
      }
    }
    let known = fates
    return Survival(description) { _, index, _ in index < known.count ? known[index] : .lost }
  }

  private func fate(_ index: Int, _ count: Int) -> Fate {
    let isKept =
      switch base {
      case .nothing: false
      case .everything: true
      case .prefix(let n): index < n
      case .suffix(let n): index >= n
      case .except(let n): index != n
      case .only(let n): index == n
      case .subset(let mask): index < 64 && mask >> UInt64(index) & 1 == 1
      case .random(let seed): Self.number(seed, index) & 1 == 0
      case .torn(let seed): Self.number(seed, index) % 4 != 0
      }
    guard isKept, case .torn(let seed) = base else { return isKept ? .kept : .lost }
    var random = SeededRandom(seed &* 7_777_777 &+ UInt64(index) &+ 1)
    switch random.below(6) {
    case 0: return .tornPrefix(1 + random.below(511))
    case 1: return .tornSuffix(1 + random.below(511))
    case 2: return .garbage(random.next())
    default: return .kept
    }
  }

  private static func number(_ seed: UInt64, _ index: Int) -> UInt64 {
    var random = SeededRandom(seed &* 1_000_003 &+ UInt64(index))
    return random.next()
  }

  // MARK: Which are tried

  /// The survivals of a cut that may take `items` items back: all subsets of few, else none, all,
  /// each one missing or alone, each beginning and end, and `rounds` random ones; those with a last
  /// sector that is torn or garbage as well.
  static func all(_ items: Int, seed: UInt64, rounds: Int) -> [CrashSurvival] {
    guard items > 0 else { return [.init(.nothing)] }
    var bases: [Base] = []
    var torn: [Base] = [.everything]
    if items <= 10 {
      bases = (0..<(1 << UInt64(items)) as Range<UInt64>).map { .subset($0) }
      torn += (1..<items).map { .prefix($0) } + (0..<items).map { .except($0) }
    } else {
      // Of very many items a beginning and an end of each hundredth is enough to find an order.
      let step = max(1, items / 100)
      let places = stride(from: 0, to: items, by: step)
      bases = [.nothing, .everything]
      for place in places {
        bases += [.except(place), .only(place), .prefix(place), .suffix(place)]
      }
      bases += [.except(items - 1), .only(items - 1), .prefix(items - 1), .suffix(items - 1)]
      torn += places.map { .prefix($0) }
    }
    for round in 0..<UInt64(max(rounds, 0)) {
      bases += [.random(seed &* 64 &+ round), .torn(seed &* 64 &+ round)]
    }
    let whole = bases.map { CrashSurvival($0) }
    let variants = Last.allCases.filter { $0 != .whole }
    return whole + torn.flatMap { base in variants.map { CrashSurvival(base, $0) } }
  }

  /// A few, for crashes inside recovery.
  static func few(_ items: Int, seed: UInt64) -> [CrashSurvival] {
    guard items > 0 else { return [.init(.nothing)] }
    if items <= 2 { return (0..<(1 << UInt64(items))).map { .init(.subset($0)) } }
    return [
      .init(.nothing), .init(.everything), .init(.prefix(items / 2)), .init(.suffix(items / 2)),
      .init(.random(seed)), .init(.torn(seed)), .init(.everything, .garbage),
    ]
  }
}
