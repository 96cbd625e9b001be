/// How files look: length, blanks, leftovers, documentation.
enum LayoutRules {
  static let all = [length, blanks, leftovers, machinePaths, documented]

  static let maximumLines = 1_000
  static let maximumMedian = 220

  static let length = Rule(name: "no file above 1,000 lines", scope: .swift) { file in
    file.lines.count > maximumLines
      ? [(file.lines.count, "\(file.lines.count) lines: split it by responsibility")] : []
  }

  /// The middle one of the files' lengths.
  static func medianLines(_ files: [SourceFile]) -> Int {
    let lengths = files.map(\.lines.count).sorted()
    return lengths.isEmpty ? 0 : lengths[lengths.count / 2]
  }

  static let blanks = Rule.text(
    "no tabs, no trailing blanks", in: Scope { $0.path != "Makefile" }
  ) { line in
    if line.contains("\t") { return "a tab: use two spaces" }
    if line.hasSuffix(" ") || line.hasSuffix("\r") { return "blanks at the end of the line" }
    return nil
  }

  static let leftovers = Rule(
    name: "nothing left open",
    scope: .swift(under: "Sources", "Benchmarks", "Examples")
  ) { file in
    let words: Set<String> = ["TODO", "FIXME", "XXX", "HACK", "stub", "stubbed"]
    var faults = file.lines.enumerated().compactMap {
      index, line -> (line: Int, message: String)? in
      if line.lowercased().contains("not implemented") {
        return (index + 1, "`not implemented`: finish it, or leave it out")
      }
      return Words.identifiers(in: line).first { words.contains($0.word) }
        .map { (index + 1, "`\($0.word)`: finish it, or leave it out") }
    }
    if file.code.allSatisfy({ $0.allSatisfy { $0 == " " } }) {
      faults.append((1, "a file without code: remove it"))
    }
    return faults
  }

  static let machinePaths = Rule.text("no paths of one machine", in: .everything) { line in
    let roots = ["work", "root", "home", "Users"].map { "/\($0)/" }
    let starts = [" ", "\"", "'", "=", "(", "`"]
    for root in roots {
      if line.hasPrefix(root) || starts.contains(where: { line.contains($0 + root) }) {
        return "a path of one machine: paths start at the repository"
      }
    }
    return nil
  }

  private static let modifiers: Set<String> = [
    "final", "static", "class", "indirect", "mutating", "nonmutating", "nonisolated", "unowned",
    "weak", "lazy", "internal(set)", "private(set)", "package(set)", "override", "required",
    "convenience", "dynamic", "prefix", "postfix", "infix",
  ]
  /// Members whose meaning the standard library has already written down.
  private static let known = [
    "func hash(into", "func encode(to", "init(from", "var description:", "func ==", "func <",
    "static func ==", "static func <", "var debugDescription:", "func ~=", "static func ~=",
  ]

  /// The names that documented protocols ask for: a type that has them needs no words of its own.
  static let requirements: Set<String> = Set(SourceTree.files.flatMap(requirements(in:)))

  static func requirements(in file: SourceFile) -> [String] {
    var names: [String] = []
    var isProtocol = false
    for line in file.code {
      if line.hasPrefix("public protocol ") { isProtocol = true }
      if line == "}" { isProtocol = false }
      let words = Words.identifiers(in: line).map(\.word)
      let place = words.firstIndex { $0 == "func" || $0 == "var" }
      if isProtocol, let place, place + 1 < words.count { names.append(words[place + 1]) }
    }
    return names
  }

  static let documented = Rule(
    name: "public declarations are documented",
    scope: .swift(
      under: "Sources/PageStore", "Sources/BTree", "Sources/CareFS", "Sources/CareModel",
      "Sources/CareFSTestSupport")
  ) { file in
    file.code.indices.compactMap { index in
      guard let declaration = publicDeclaration(file.code[index]) else { return nil }
      if known.contains(where: { declaration.hasPrefix($0) }) { return nil }
      let words = Words.identifiers(in: declaration).map(\.word)
      if words.count > 1, requirements.contains(words[1]) { return nil }
      return isDocumented(file, before: index)
        ? nil : (index + 1, "`\(declaration)` is public and has no docstring")
    }
  }

  /// What follows `public` on a line that declares something.
  private static func publicDeclaration(_ line: String) -> String? {
    var words = line.split(separator: " ")
    while let word = words.first, word.hasPrefix("@") { words.removeFirst() }
    guard words.first == "public", words.count > 1 else { return nil }
    words.removeFirst()
    if words[0] == "extension" || words[0] == "import" { return nil }
    while words.count > 2, modifiers.contains(String(words[0])), words[1] != "=" {
      words.removeFirst()
    }
    return words.joined(separator: " ")
  }

  private static func isDocumented(_ file: SourceFile, before index: Int) -> Bool {
    var at = index - 1
    while at >= 0 {
      let line = file.lines[at].drop { $0 == " " }
      if line.hasPrefix("///") || line.hasPrefix("*/") { return true }
      let passes = line.hasPrefix("@") || line.hasPrefix("#if") || line.hasPrefix("// swift-format")
      guard passes else { return false }
      at -= 1
    }
    return false
  }
}
