import Testing

/// Plants one fault for each rule and one text close to it that is right, so that a rule that has
/// gone blind or deaf is noticed.
@Suite struct PlantedTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let rule: Rule
    let path: String
    let wrong: [String]
    let right: [String]
    var testDescription: String { rule.name }
  }

  static let pageFile = "Sources/PageStore/Page.swift"
  static let engineFile = "Sources/CareFS/Engine.swift"

  static let samples: [Sample] = [
    Sample(
      rule: SafetyRules.traps, path: engineFile,
      wrong: [
        "let x = try! f()", "let y = z as! Int", "fatalError(\"x\")", "preconditionFailure()",
      ],
      right: ["// try! is banned", "let x = \"as! fatalError()\"", "precondition(a > b)"]),
    Sample(
      rule: SafetyRules.forcedUnwraps, path: engineFile,
      wrong: ["let a = b!", "f(x)!.g()", "a[1]! += 2", "var c: Int!"],
      right: ["if !a && b != c {}", "let s = \"wow!\"", "a ! = b // c!", "x = try? f()"]),
    Sample(
      rule: SafetyRules.foundation, path: pageFile,
      wrong: ["import Foundation", "public import FoundationEssentials"],
      right: ["import Synchronization", "// import Foundation"]),
    Sample(
      rule: SafetyRules.foundation, path: engineFile,
      wrong: ["import Foundation"],
      right: [
        "#if canImport(FoundationEssentials)\nimport FoundationEssentials\n#else\n"
          + "import Foundation\n#endif"
      ]),
    Sample(
      rule: SafetyRules.systemCalls, path: pageFile,
      wrong: [
        "let fd = open(path, O_RDWR)", "_ = pwrite(fd, p, n, 0)", "if fsync(fd) != 0 {}",
        "rename(a, b)", "FileManager.default.x()", "let d = try Data(contentsOf: url)",
        "func open() {}\nlet fd = Glibc.open(path, 0)",
      ],
      right: [
        "try Pager.open(path: p)", "func open(path: String) {}\nopen(path: p)",
        "file.truncate(to: 0)",
      ]),
    Sample(
      rule: SafetyRules.buildFlags, path: "Package.swift",
      wrong: ["swiftSettings: [.unsafeFlags([])]", "\"-Ounchecked\""],
      right: ["swiftLanguageModes: [.v6]"]),
    Sample(
      rule: SafetyRules.printing, path: engineFile,
      wrong: ["print(row)", "dump(x)"],
      right: ["file.print(x)", "func print(_ x: Int) {}", "// print(x)", "fingerprint(x)"]),
    Sample(
      rule: LayoutRules.blanks, path: engineFile,
      wrong: ["let a = 1 ", "\tlet a = 1", "let a = 1\r"], right: ["  let a = 1"]),
    Sample(
      rule: LayoutRules.length, path: engineFile,
      wrong: [String(repeating: "x\n", count: 1_001)],
      right: [String(repeating: "x\n", count: 1_000)]),
    Sample(
      rule: LayoutRules.leftovers, path: engineFile,
      wrong: ["x() // TO" + "DO later", "// FIX" + "ME", "// a st" + "ub", "// nothing but this"],
      right: ["let stubborn = 1", "let todo = 2"]),
    Sample(
      rule: LayoutRules.machinePaths, path: "README.md",
      wrong: ["cd " + "/ho" + "me/me/x", "see `" + "/wo" + "rk/y`"],
      right: ["the homework/works", "https://example.org/home/x"]),
    Sample(
      rule: LayoutRules.documented, path: engineFile,
      wrong: [
        "public func f() {}", "/// Ours.\nstruct A {}\npublic struct B {}",
        "  public final class C {}", "@inlinable public var x: Int { 1 }",
      ],
      right: [
        "/// Does.\npublic func f() {}", "/// Is.\n@inlinable\npublic var x: Int { 1 }",
        "func f() {}", "public static func == (a: A, b: A) -> Bool { true }",
      ]),
    Sample(
      rule: LayerRules.imports, path: pageFile,
      wrong: ["import BTree", "import CareFS"], right: ["import Synchronization", "import Glibc"]),
    Sample(
      rule: LayerRules.imports, path: engineFile,
      wrong: ["import CareModel", "import ArgumentParser"], right: ["import BTree"]),
    Sample(
      rule: LayerRules.pages, path: pageFile,
      wrong: ["let rowBytes = 1", "struct BTree {}", "let schema = 2"],
      right: ["let growth = arrows", "struct LogRecord {}", "// no row here"]),
    Sample(
      rule: LayerRules.trees, path: "Sources/BTree/Cell.swift",
      wrong: ["let record = 1", "let columnCount = 2"], right: ["let narrow = 1", "recorder()"]),
  ]

  @Test("a planted fault is found", arguments: samples)
  func found(_ sample: Sample) {
    for text in sample.wrong {
      let findings = sample.rule.findings(in: SourceFile(path: sample.path, text: text))
      #expect(!findings.isEmpty, "\(sample.rule.name) misses: \(text)")
    }
    for text in sample.right {
      let findings = sample.rule.findings(in: SourceFile(path: sample.path, text: text))
      #expect(findings.isEmpty, "\(sample.rule.name) blames: \(text)")
    }
  }

  @Test func everyRuleHasASample() {
    let planted = Set(Self.samples.map(\.rule.name))
    for rule in TidyTests.rules { #expect(planted.contains(rule.name), "\(rule.name)") }
  }

  @Test func systemCallsAreAllowedInOnePlace() {
    let call = "let fd = open(path, 0)"
    let allowed = SourceFile(path: "Sources/PageStore/FileSystem/PosixFile.swift", text: call)
    let elsewhere = SourceFile(path: "Sources/CareFS/PosixFile.swift", text: call)
    #expect(SafetyRules.systemCalls.findings(in: allowed).isEmpty)
    #expect(!SafetyRules.systemCalls.findings(in: elsewhere).isEmpty)
  }

  @Test(
    "comments and literals are not code",
    arguments: [
      ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"),
      ("f(\"x\") + y", "f(\" \") + y"), ("#\"a\"b\"# c", "#\"   \"# c"),
      ("\"a\\\"b\" c", "\"    \" c"), ("\"\\(f(\"q\"))\" c", "\"         \" c"),
    ])
  func blanked(_ text: String, _ expected: String) {
    let code = CodeScanner.blank(Array(text.utf8))
    #expect(String(decoding: code, as: UTF8.self) == expected)
  }
}
