import CareFS

/// Lists of columns as arguments: `a,b` and `-date,id`.
enum ColumnWords {
  /// The names in a list.
  static func names(_ word: Word?) -> [String]? {
    word.map { word in
      word.text.split(separator: ",").map { String(trim($0)) }
    }
  }

  /// The columns to sort by.
  static func order(_ word: Word?) -> [OrderTerm] {
    (names(word) ?? []).map { OrderTerm(text: $0) }
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
