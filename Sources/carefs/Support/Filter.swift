import CareFS

/// Expressions given as arguments.
enum Filter {
  /// The expression of `--where`; nil keeps all rows.
  static func parse(_ word: Word?) throws -> Expression? {
    try word.map { try Expression.parse($0.text) }
  }
}
