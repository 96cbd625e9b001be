import ArgumentParser

/// Text given as an argument or as the value of an option.
///
/// Negative numbers are values, never options: before parsing they get a mark in front that the
/// parser does not take for a dash, and a word loses the mark again.
struct Word: ExpressibleByArgument {
  let text: String

  private static let mark: Character = "\u{1}"

  init?(argument: String) {
    text = argument.first == Self.mark ? String(argument.dropFirst()) : argument
  }

  /// Marks negative numbers.
  static func protect(_ arguments: [String]) -> [String] {
    var isOption = true
    return arguments.map { argument in
      if argument == "--" { isOption = false }
      guard isOption, argument.first == "-", let second = argument.dropFirst().first,
        second.isASCII, second.isNumber || second == "."
      else { return argument }
      return String(mark) + argument
    }
  }

  /// Takes the marks out of a text made by the parser.
  static func unprotect(_ text: String) -> String {
    text.contains(mark) ? String(text.filter { $0 != mark }) : text
  }
}
