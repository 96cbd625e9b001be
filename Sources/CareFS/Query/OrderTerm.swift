/// One term of an order: a column, or a path into a json column, and its direction.
///
/// In text and in literals a leading `-` means descending: `"-date"`. Nulls come first ascending
/// and last descending.
public struct OrderTerm: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The column, or `column.path` of a json column.
  public var name: String
  /// Whether the greatest values come first.
  public var descending: Bool

  /// Creates a term.
  public init(_ name: String, descending: Bool = false) {
    self.name = name
    self.descending = descending
  }

  /// Reads `name` or `-name`.
  public init(stringLiteral value: String) { self.init(text: value) }

  /// Reads `name` or `-name`.
  public init(text: String) {
    if text.utf8.first == UInt8(ascii: "-") {
      self.init(String(text.dropFirst()), descending: true)
    } else {
      self.init(text)
    }
  }
}
