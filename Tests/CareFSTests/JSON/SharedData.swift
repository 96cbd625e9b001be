import Foundation

/// Finds the large real data sets that lie beside a development checkout.
enum SharedData {
  /// The folder of a data set; prints why and returns nil where the data is absent.
  static func folder(_ path: String) -> URL? {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<8 {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("shared/data").appendingPathComponent(path)
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    print("skipped: no \(path) in a shared/data folder beside the checkout")
    return nil
  }

  /// The files of a data set, by name.
  static func files(_ path: String) -> [URL] {
    guard let folder = folder(path),
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [] }
    return names.sorted().map { folder.appendingPathComponent($0) }
  }
}
