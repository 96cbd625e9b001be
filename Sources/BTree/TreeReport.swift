import PageStore

/// What a check of a tree found.
public struct TreeReport: Sendable {
  /// Something that contradicts the format or the order of the keys.
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    /// The page where it shows.
    public let page: PageNumber
    /// What is wrong.
    public let message: String

    /// Page and message in one line.
    public var description: String { "page \(page): \(message)" }
  }

  /// Everything that is wrong; empty for a sound tree. After ``TreeReport/findingLimit`` findings
  /// the check ends.
  public internal(set) var findings: [Finding] = []
  /// The tree's pages, overflow pages too, each once.
  public internal(set) var pages: [PageNumber] = []
  /// Entries visited.
  public internal(set) var entries = 0
  /// Levels from root to leaves; 1 for a lone leaf.
  public internal(set) var depth = 0
  /// Pages that hold entries.
  /// Leaves.
  public internal(set) var leafPages = 0
  /// Pages that hold separators.
  /// Inner nodes.
  public internal(set) var innerPages = 0
  /// Pages that continue long keys and values.
  /// Overflow pages of long keys and values.
  public internal(set) var overflowPages = 0
  /// Bytes of slots, cells and prefixes in leaves.
  public internal(set) var leafBytesUsed = 0
  /// Bytes that all leaves offer for them.
  public internal(set) var leafBytes = 0

  /// Findings after which a check ends.
  public static let findingLimit = 100

  /// Whether nothing is wrong.
  public var isSound: Bool { findings.isEmpty }
}
