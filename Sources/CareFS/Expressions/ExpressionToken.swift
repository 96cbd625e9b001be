/// A word of the expression language.
enum ExpressionToken: Equatable {
  /// A plain identifier, which may be a keyword.
  case word(String)
  /// A name in back-ticks, never a keyword.
  case quoted(String)
  case number(NumberText)
  case text(String)
  /// One of `( ) [ ] , . + - * / = != < <= > >=`.
  case symbol(String)
  case end
}

/// A word and where it begins.
struct PlacedToken {
  var token: ExpressionToken
  /// Counts Unicode scalars from 1.
  var offset: Int
  /// Whether white space goes before it.
  var isSpaced: Bool
}

/// The words that are not names unless they stand in back-ticks.
enum ExpressionKeyword: String, CaseIterable {
  case and, or, not, `in`, `is`, null, between, like, `case`, when, then, `else`, end, `true`
  case `false`

  /// The keyword of a word, in any case of letters.
  init?(word: String) {
    guard word.utf8.count <= 7 else { return nil }
    self.init(rawValue: word.lowercased())
  }
}
