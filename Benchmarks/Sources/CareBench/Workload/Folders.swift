import Foundation

/// The folders that the databases live in.
enum Folders {
  /// A new folder, removed after the run.
  static func make(in parent: String?) throws -> String {
    let parent = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
    let folder = parent.appendingPathComponent("carebench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
  }

  /// A folder below another, made when it is not there.
  static func part(_ folder: String, _ names: String...) throws -> String {
    let path = ([folder] + names).joined(separator: "/")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func remove(_ folder: String) throws {
    try FileManager.default.removeItem(atPath: folder)
  }

  /// The size of all files in the folder and below, logs counted, in millions of bytes.
  static func megabytes(_ folder: String) -> Double {
    Double(bytes(folder) { _ in true }) / 1_000_000
  }

  /// The size of the write-ahead logs in the folder and below.
  static func logBytes(_ folder: String) -> Int {
    bytes(folder) { $0.hasSuffix("-wal") || $0.hasSuffix(".log") }
  }

  private static func bytes(_ folder: String, _ counts: (String) -> Bool) -> Int {
    let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return files.filter(counts).reduce(0) { $0 + bytes(ofFile: folder + "/" + $1) }
  }

  /// The size of a file; 0 for anything else.
  static func bytes(ofFile path: String) -> Int {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    guard facts?[.type] as? FileAttributeType == .typeRegular else { return 0 }
    return (facts?[.size] as? Int) ?? 0
  }
}
