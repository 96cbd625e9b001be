/// How one column stands in a key.
///
/// A key is the concatenation of its parts. Each part delimits itself, and keys compare like their
/// values, byte by byte.
struct KeyPart: Sendable, Hashable {
  /// The type of the values. `any` also stands for what a JSON path finds.
  var type: ColumnType
  /// Whether a byte that tells null (0) from a value (1) goes first.
  var nullable: Bool
  /// Whether the greatest values come first: every byte of the part is complemented.
  var descending: Bool
  /// How texts compare.
  var collation: Collation

  init(
    _ type: ColumnType, nullable: Bool = false, descending: Bool = false,
    collation: Collation = .binary
  ) {
    self.type = type
    self.nullable = nullable
    self.descending = descending
    self.collation = collation
  }

  /// Whether the value can be read back from the key. Where not, the row holds it as well.
  var isLossless: Bool {
    switch type {
    case .decimal, .any, .json: false
    case .text: collation == .binary
    default: true
    }
  }
}
