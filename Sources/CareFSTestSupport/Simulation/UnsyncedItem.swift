/// Something that a power cut may take back or leave.
public struct UnsyncedItem: Sendable {
  /// What it is.
  public enum Kind: Sendable {
    /// 512 bytes of a file.
    case sector(index: Int)
    /// A file's size.
    case size(Int)
    /// A name that came, went or moved.
    case name
  }

  /// What it is.
  public var kind: Kind
  /// The file, by the name it was last opened with.
  public var path: String
  /// The operation that made it.
  public var operation: Int
  let inode: Int
}

/// What becomes of one unsynced item in a crash.
public enum Fate: Sendable, Hashable {
  /// As if it had never been.
  case lost
  /// As it was written.
  case kept
  /// Its first bytes are new, the rest is old.
  case tornPrefix(Int)
  /// Its first bytes are old, the rest is new.
  case tornSuffix(Int)
  /// Neither: bytes that this seed decides.
  case garbage(UInt64)
}

/// Which unsynced items a crash leaves: a rule that gives each its fate.
///
/// Items are numbered in the order in which they were written. Writes that overwrite each other
/// before a sync are items of their own, so a crash may bring any of them to light.
public struct Survival: Sendable, CustomStringConvertible {
  /// How this rule is called in messages.
  public let description: String
  let fate: @Sendable (_ item: UnsyncedItem, _ index: Int, _ count: Int) -> Fate

  /// A rule of your own.
  public init(
    _ description: String,
    _ fate: @escaping @Sendable (_ item: UnsyncedItem, _ index: Int, _ count: Int) -> Fate
  ) {
    self.description = description
    self.fate = fate
  }

  /// Only what was synced is there.
  public static let nothing = Survival("nothing") { _, _, _ in .lost }

  /// All is there: the process died and the system lived.
  public static let everything = Survival("everything") { _, _, _ in .kept }

  /// The first `n` items are there, in the order in which they were written.
  public static func prefix(_ n: Int) -> Survival {
    Survival("prefix(\(n))") { _, index, _ in index < n ? .kept : .lost }
  }

  /// All but item `n` are there.
  public static func except(_ n: Int) -> Survival {
    Survival("except(\(n))") { _, index, _ in index == n ? .lost : .kept }
  }

  /// Item `n` alone is there.
  public static func only(_ n: Int) -> Survival {
    Survival("only(\(n))") { _, index, _ in index == n ? .kept : .lost }
  }

  /// Item `i` is there when bit `i` of `mask` is set.
  public static func subset(_ mask: UInt64) -> Survival {
    Survival("subset(\(mask))") { _, index, _ in
      index < 64 && mask & (1 << UInt64(index)) != 0 ? .kept : .lost
    }
  }

  /// Each item is there or not as `seed` decides.
  public static func random(_ seed: UInt64) -> Survival {
    Survival("random(\(seed))") { _, index, _ in
      var random = SeededRandom(seed &* 1_000_003 &+ UInt64(index))
      return random.next() & 1 == 0 ? .kept : .lost
    }
  }

  /// As `random`, and about every second sector that is there is torn: new in its first or last
  /// bytes only, or garbage.
  public static func torn(_ seed: UInt64) -> Survival {
    Survival("torn(\(seed))") { _, index, _ in
      var random = SeededRandom(seed &* 7_777_777 &+ UInt64(index))
      if random.next() % 4 == 0 { return .lost }
      switch random.below(6) {
      case 0: return .tornPrefix(1 + random.below(511))
      case 1: return .tornSuffix(1 + random.below(511))
      case 2: return .garbage(random.next())
      default: return .kept
      }
    }
  }

  /// All is there but the last item, which is torn.
  public static func tornLast(_ torn: Fate) -> Survival {
    Survival("tornLast(\(torn))") { _, index, count in index == count - 1 ? torn : .kept }
  }
}
