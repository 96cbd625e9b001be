import ArgumentParser
import CareFS

/// Lists of columns as arguments: `a,b` and `-date,id`.
enum ColumnWords {
  /// The names in a list.
  static func names(_ word: Word?) -> [String]? {
    word.map { word in
      word.text.split(separator: ",", omittingEmptySubsequences: false).map { String(trim($0)) }
    }
  }

  /// The columns to sort by.
  static func order(_ word: Word?) -> [OrderTerm] {
    (names(word) ?? []).map { OrderTerm(text: $0) }
  }

  /// Refuses a list with nothing between two commas, or with a name twice.
  static func validate(_ word: Word?, _ option: String) throws {
    guard let names = names(word) else { return }
    if names.contains(where: { $0.isEmpty || $0 == "-" }) {
      throw ValidationError("\(option) needs names of columns with commas between them: a,b")
    }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw ValidationError("\(option) names \(name) twice")
    }
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
