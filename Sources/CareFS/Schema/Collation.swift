/// How texts of a column are compared. The raw values are stored in files.
public enum Collation: UInt8, Sendable, Hashable, CaseIterable {
  /// By their UTF-8 bytes.
  case binary = 0
  /// By the bytes of their Unicode simple case folding.
  case nocase = 1

  /// The name in schemas.
  public var name: String {
    switch self {
    case .binary: "binary"
    case .nocase: "nocase"
    }
  }
}
