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

  /// The size of all files in the folder, logs counted, in millions of bytes.
  static func megabytes(_ folder: String) -> Double {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let bytes = files.reduce(0) { sum, file in
      let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + file)
      return sum + ((facts?[.size] as? Int) ?? 0)
    }
    return Double(bytes) / 1_000_000
  }
}
