import Foundation

/// A JSON document and its key.
struct Document: Sendable {
  var id: Int64
  var text: [UInt8]
}

/// The FHIR documents that the works store.
struct DocumentSet {
  static let examplesFile = "fhir/r4-examples.ndjson.gz"
  static let bundlesFile = "fhir/synthea-bundles.tar.gz"

  /// The examples of FHIR R4, as they are.
  let examples: [Document]
  /// Of those of about 100 KB, the paths of two strings of each: the first in its second half, and its
  /// last. What stands at the front would spare CareFS most of the document, and `json_extract`
  /// nothing.
  let examplePaths: [(id: Int64, path: String)]
  /// Whole patients with all that happened to them, minified; empty when they are not there.
  let bundles: [Document]
  /// A path of each bundle, in the middle of it.
  let bundlePaths: [(id: Int64, path: String)]
  /// Examples and resources of patients that are shorter than 1 KB.
  let small: [Document]

  /// Reads the documents; nil when they are not there.
  init?(folder: String) throws {
    let file = folder + "/" + Self.examplesFile
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    let lines = try DocumentSet.output("gzip", ["-dc", file])
      .split(separator: UInt8(ascii: "\n"))
    examples = DocumentSet.numbered(lines.map { Array($0) })
    examplePaths = examples.filter { (50_000...200_000).contains($0.text.count) }
      .flatMap { document in
        StringPlaces(document.text).middleAndLast.map { (document.id, $0.path) }
      }
    bundles = DocumentSet.numbered(try DocumentSet.bundles(folder + "/" + Self.bundlesFile))
    var short = examples.map(\.text).filter { $0.count < 1_024 }
    var paths: [(id: Int64, path: String)] = []
    for bundle in bundles {
      let entries = DocumentSet.members(bundle.text)?["entry"] as? [[String: Any]] ?? []
      paths.append((bundle.id, "entry[\(entries.count / 2)].resource.resourceType"))
      for entry in entries {
        guard let resource = entry["resource"] else { continue }
        let text = try JSONSerialization.data(
          withJSONObject: resource, options: [.sortedKeys, .withoutEscapingSlashes])
        if text.count < 1_024 { short.append(Array(text)) }
      }
    }
    bundlePaths = paths
    small = DocumentSet.numbered(short)
  }

  private static func numbered(_ texts: [[UInt8]]) -> [Document] {
    texts.enumerated().map { Document(id: Int64($0.offset + 1), text: $0.element) }
  }

  private static func members(_ text: [UInt8]) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(text))) as? [String: Any]
  }

  /// The bundles in the archive without the white space between their parts, in the order of their
  /// files' names.
  private static func bundles(_ archive: String) throws -> [[UInt8]] {
    guard FileManager.default.fileExists(atPath: archive) else { return [] }
    let folder = try Folders.make(in: nil)
    defer { try? Folders.remove(folder) }
    _ = try output("tar", ["-xzf", archive, "-C", folder])
    return try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".json") }
      .map { minified(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
  }

  private static func minified(_ text: Data) -> [UInt8] {
    var isInString = false
    var isEscaped = false
    return text.filter { byte in
      if isInString {
        if isEscaped {
          isEscaped = false
        } else {
          isEscaped = byte == UInt8(ascii: "\\")
          isInString = byte != UInt8(ascii: "\"")
        }
        return true
      }
      isInString = byte == UInt8(ascii: "\"")
      return byte > UInt8(ascii: " ")
    }
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
