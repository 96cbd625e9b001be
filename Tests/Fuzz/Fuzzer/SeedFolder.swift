import CareFuzzTargets
import Foundation

/// Inputs in folders.
enum SeedFolder {
  /// Writes the seeds of a target and the inputs that the repository keeps; answers how many.
  static func write(_ target: FuzzTarget, to folder: String) throws -> Int {
    let folder = URL(fileURLWithPath: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var inputs = try target.seeds()
    inputs += try FuzzCorpus.inputs(of: target).map(\.bytes)
    for (number, bytes) in inputs.enumerated() {
      try Data(bytes).write(to: folder.appendingPathComponent("seed-\(number)"))
    }
    return inputs.count
  }

  static func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
