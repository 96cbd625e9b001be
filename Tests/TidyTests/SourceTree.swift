import Foundation

/// The files of this repository that the rules look at.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let folders = [
    "Sources", "Tests", "Benchmarks", "Examples", "Spec", "scripts", ".ci",
  ]
  private static let topFiles = ["Package.swift", "README.md", "Makefile", ".gitignore"]
  private static let textSuffixes = [".swift", ".md", ".py", ".sh", ".h", ".modulemap", "/run"]

  /// Every text file under the folders above, read once.
  static let files: [SourceFile] = topFiles.compactMap(read) + folders.flatMap(walk)

  private static func walk(_ folder: String) -> [SourceFile] {
    let start = root.appendingPathComponent(folder)
    guard let paths = FileManager.default.enumerator(atPath: start.path) else { return [] }
    return paths.compactMap { $0 as? String }
      .filter { path in !path.split(separator: "/").contains { $0.hasPrefix(".") } }
      .map { "\(folder)/\($0)" }
      .filter { path in textSuffixes.contains { path.hasSuffix($0) } }
      .sorted()
      .compactMap(read)
  }

  private static func read(_ path: String) -> SourceFile? {
    guard let data = try? Data(contentsOf: root.appendingPathComponent(path)) else { return nil }
    return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
  }
}
