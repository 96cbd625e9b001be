import Foundation

/// A JSON document and its key.
struct Document: Sendable {
  var id: Int64
  var text: [UInt8]
}

/// The FHIR documents that the works store.
struct DocumentSet {
  /// The examples of FHIR R4, as they are.
  let examples: [Document]
  /// Examples and resources of patients that are shorter than 1 KB.
  let small: [Document]
  /// Examples of about 100 KB, and one path that each of them has.
  let large: [(id: Int64, path: String)]

  /// Reads the documents; nil when they are not there.
  init?(folder: String) throws {
    let file = folder + "/fhir/r4-examples.ndjson.gz"
    let bundles = folder + "/fhir/synthea-bundles.tar.gz"
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    let lines = try DocumentSet.output("gzip", ["-dc", file])
      .split(separator: UInt8(ascii: "\n"))
    examples = lines.enumerated().map {
      Document(id: Int64($0.offset + 1), text: Array($0.element))
    }
    var short = examples.filter { $0.text.count < 1_024 }.map(\.text)
    if FileManager.default.fileExists(atPath: bundles) {
      short += try DocumentSet.resources(ofBundles: bundles).filter { $0.count < 1_024 }
    }
    small = short.enumerated().map { Document(id: Int64($0.offset + 1), text: $0.element) }
    large = examples.filter { (50_000...200_000).contains($0.text.count) }.compactMap { document in
      let object = try? JSONSerialization.jsonObject(with: Data(document.text))
      guard let members = object as? [String: Any] else { return nil }
      // Behind a narrative, which is most of many examples, or at the front.
      if let text = members["text"] as? [String: Any], text["status"] is String {
        return (document.id, "text.status")
      }
      return members["id"] is String ? (document.id, "id") : nil
    }
  }

  /// The resources in the bundles, minified, members in the order of their names.
  private static func resources(ofBundles path: String) throws -> [[UInt8]] {
    let folder = try Folders.make(in: nil)
    defer { try? Folders.remove(folder) }
    _ = try output("tar", ["-xzf", path, "-C", folder])
    var found: [[UInt8]] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".json") {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      let bundle = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      for entry in bundle?["entry"] as? [[String: Any]] ?? [] {
        guard let resource = entry["resource"] else { continue }
        found.append(
          Array(
            try JSONSerialization.data(
              withJSONObject: resource, options: [.sortedKeys, .withoutEscapingSlashes])))
      }
    }
    return found
  }

  /// What a tool of the system prints.
  private static func output(_ tool: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchError("\(tool) failed") }
    return output
  }
}

/// One storage engine under documents. Each call is a transaction, durable when it returns.
protocol DocumentEngine: AnyObject {
  static var name: String { get }
  init(directory: String, cacheBytes: Int) throws
  func put(_ documents: ArraySlice<Document>) throws
  /// The bytes of whole documents.
  func get(_ ids: [Int64], _ body: ([UInt8]) -> Void) throws
  /// The text at a path of each document.
  func text(_ asked: [(id: Int64, path: String)]) throws -> [String]
  func checkpoint() throws
  func close() throws
}
