import Testing

/// The repository's style, as tests that fail.
@Suite struct TidyTests {
  static let rules = SafetyRules.all + LayoutRules.all + LayerRules.all

  @Test("the repository keeps the rule", arguments: rules)
  func repositoryKeeps(_ rule: Rule) {
    let findings = SourceTree.files.flatMap { rule.findings(in: $0) }
    #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
  }

  @Test func filesAreFound() {
    let paths = Set(SourceTree.files.map(\.path))
    #expect(paths.contains("Package.swift"))
    #expect(paths.contains("Tests/TidyTests/TidyTests.swift"))
    #expect(paths.contains { $0.hasPrefix("Sources/PageStore/") })
  }

  @Test func filesAreShort() {
    let sources = SourceTree.files.filter { $0.isSwift && $0.isUnder("Sources") }
    let median = LayoutRules.medianLines(sources)
    #expect(median <= LayoutRules.maximumMedian)
  }

  @Test func medianIsTheMiddleOne() {
    let files = [1, 500, 3].map {
      SourceFile(path: "a.swift", text: String(repeating: "x\n", count: $0))
    }
    #expect(LayoutRules.medianLines(files) == 3)
  }
}
