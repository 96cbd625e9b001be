import Foundation
import Testing

/// One run of the built command line and what came of it.
struct Run {
  let exit: Int32
  let out: String
  let err: String

  var lines: [String] {
    out.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }
}

/// A folder of its own for each test, and the program beside the test bundle.
final class Shell {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("carefs-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Whether the program is not the one beside the tests: an optimised one, for large data.
  static var isGiven: Bool { given != nil }

  private static let given = ProcessInfo.processInfo.environment["CAREFS_BINARY"]

  /// The program that `CAREFS_BINARY` names, or the one that was built with the tests.
  static let program: URL = {
    if let given { return URL(fileURLWithPath: given) }
    #if os(Linux)
      let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      return bundle.deletingLastPathComponent().appendingPathComponent("carefs")
    #else
      let bundles = Bundle.allBundles.map(\.bundleURL) + [Bundle.main.bundleURL]
      let folders = bundles.map { $0.deletingLastPathComponent() }
      return folders.map { $0.appendingPathComponent("carefs") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        ?? URL(fileURLWithPath: "carefs")
    #endif
  }()

  /// The path of a file in the test's folder.
  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Writes a file into the test's folder and gives its path.
  @discardableResult
  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    return path(name)
  }

  /// Runs the program and waits for its end.
  @discardableResult
  func run(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
  ) throws -> Run {
    try run(arguments, input: input, environment: environment)
  }

  /// Runs the program and waits for its end.
  @discardableResult
  func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> Run {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: no output is too long for them.
    let outURL = folder.appendingPathComponent(".out-\(UUID().uuidString)")
    let errURL = folder.appendingPathComponent(".err-\(UUID().uuidString)")
    let inURL = folder.appendingPathComponent(".in-\(UUID().uuidString)")
    for url in [outURL, errURL] { try Data().write(to: url) }
    try Data((input ?? "").utf8).write(to: inURL)
    defer { for url in [outURL, errURL, inURL] { try? FileManager.default.removeItem(at: url) } }
    process.standardInput = try FileHandle(forReadingFrom: inURL)
    process.standardOutput = try FileHandle(forWritingTo: outURL)
    process.standardError = try FileHandle(forWritingTo: errURL)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "crashed: carefs \(arguments)")
    return Run(
      exit: process.terminationStatus,
      out: String(decoding: try Data(contentsOf: outURL), as: UTF8.self),
      err: String(decoding: try Data(contentsOf: errURL), as: UTF8.self))
  }

  /// Runs the program, expecting success, and gives its output.
  @discardableResult
  func succeed(_ arguments: String..., input: String? = nil) throws -> String {
    let run = try run(arguments, input: input)
    #expect(run.exit == 0, "carefs \(arguments): \(run.err)")
    return run.out
  }

  /// Runs the program, expecting an exit code and an error of one line.
  @discardableResult
  func fail(_ exit: Int32, _ arguments: String..., input: String? = nil) throws -> String {
    let run = try run(arguments, input: input)
    #expect(run.exit == exit, "carefs \(arguments): \(run.err)")
    let lines = run.err.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines[1].isEmpty, "not one line: \(run.err)")
    return run.err
  }
}

extension Shell {
  /// The lines of a file in the test's folder.
  func read(_ name: String) throws -> [String] {
    let data = try Data(contentsOf: folder.appendingPathComponent(name))
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
