import CareFS
import Foundation

/// The inputs that the repository keeps: few and small ones that reach much, and those that once
/// broke something.
public enum FuzzCorpus {
  /// An input and its name in the repository.
  public struct Input: Sendable {
    /// The path from the folder of the corpus.
    public let name: String
    /// The bytes.
    public let bytes: [UInt8]
  }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folders of a target: what reaches much, and what broke something.
  public static func folders(of target: FuzzTarget) -> [URL] {
    ["Corpus", "Regressions"].map { root.appendingPathComponent("\($0)/\(target.name)") }
  }

  /// All inputs of a target.
  public static func inputs(of target: FuzzTarget) throws -> [Input] {
    try folders(of: target).flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return try names.filter { $0.hasSuffix(".gz") }.sorted().map { name in
        let packed = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
        return Input(
          name: "\(folder.lastPathComponent)/\(name)", bytes: try expanded(packed))
      }
    }
  }

  private static func expanded(_ packed: [UInt8]) throws -> [UInt8] {
    let source = GzipSource(MemorySource(packed))
    var whole: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return whole }
      whole += piece[..<count]
    }
  }
}
