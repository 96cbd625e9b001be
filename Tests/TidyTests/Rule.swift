import Testing

/// One thing that a file of this repository must not hold.
struct Rule: Sendable, CustomTestStringConvertible {
  /// What is wrong and where.
  struct Finding: CustomStringConvertible {
    let path: String
    let line: Int
    let message: String
    var description: String { "\(path):\(line): \(message)" }
  }

  let name: String
  /// Whether the rule speaks of this file at all.
  let scope: Scope
  /// The lines at fault, from 1, with what to do instead.
  let faults: @Sendable (SourceFile) -> [(line: Int, message: String)]

  var testDescription: String { name }

  func findings(in file: SourceFile) -> [Finding] {
    guard scope.covers(file) else { return [] }
    return faults(file).map { Finding(path: file.path, line: $0.line, message: $0.message) }
  }

  /// A rule that looks at the code of each line by itself.
  static func code(
    _ name: String, in scope: Scope,
    _ fault: @escaping @Sendable (String) -> String?
  ) -> Rule {
    Rule(name: name, scope: scope) { file in
      file.code.enumerated().compactMap { index, line in
        fault(line).map { (index + 1, $0) }
      }
    }
  }

  /// A rule that looks at each whole line, comments and literals too.
  static func text(
    _ name: String, in scope: Scope,
    _ fault: @escaping @Sendable (String) -> String?
  ) -> Rule {
    Rule(name: name, scope: scope) { file in
      file.lines.enumerated().compactMap { index, line in
        fault(line).map { (index + 1, $0) }
      }
    }
  }
}
