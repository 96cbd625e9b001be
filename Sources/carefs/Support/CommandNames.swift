import ArgumentParser

/// The names of the commands, and what to say about one that is not there.
enum CommandNames {
  static var all: [String] { CareFSCommand.configuration.subcommands.map { $0._commandName } }

  /// A word in the place of a command that is none. The parser would print help for it when help
  /// is asked for, as if all were well.
  static func unknown(in arguments: [String]) -> String? {
    var words = arguments[...]
    if words.first == "help" { words = words.dropFirst() }
    guard let word = words.first, !word.hasPrefix("-"), !all.contains(word), word != "help" else {
      return nil
    }
    return word
  }

  /// The error, with the command that is most like it.
  static func message(_ word: String) -> String {
    let steps = all.map { (name: $0, steps: distance(word.lowercased(), $0)) }
    let nearest = steps.min { $0.steps < $1.steps }
    let hint =
      if let nearest, nearest.steps <= max(2, word.count / 3) {
        "did you mean \(nearest.name)?"
      } else {
        "the commands are \(all.joined(separator: ", "));"
      }
    return "there is no command '\(word)'; \(hint) see `carefs --help`"
  }

  /// How many letters must be put in, left out or changed to make one word of the other.
  private static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in second.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[second.count]
  }
}
