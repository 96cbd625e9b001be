import Foundation

/// Real data beside the checkout.
enum SharedData {
  /// The path of a file or folder of it; nil, with a printed reason, where it is absent.
  static func path(_ name: String) -> URL? {
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("shared/data").appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    print("skipped: no \(name) in a shared/data folder beside the checkout")
    return nil
  }

  /// The names of the files in a folder of it, sorted.
  static func files(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
}
