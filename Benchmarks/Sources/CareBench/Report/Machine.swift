import CLMDB
import CSQLite
import Foundation

/// What the figures were measured on.
enum Machine {
  /// The facts that must be the same for figures to compare.
  static let identity = ["cpu", "cores", "memory_gb", "system"]

  /// The facts that may differ between figures that compare: they come of a run.
  static let changing = ["date", "commits_beside_checkpoints"]

  /// What is told of every run, in this order; sizes of works follow.
  static let names = [
    "cpu", "cores", "memory_gb", "system", "date", "sqlite", "lmdb", "rocksdb", "grdb", "runs",
    "cache_mb", "patients",
  ]

  /// Names and values, in the order in which they are reported.
  static func facts(
    _ options: Options, _ sizes: [(name: String, value: String)] = []
  ) -> [(name: String, value: String)] {
    let info = ProcessInfo.processInfo
    return [
      (name: "cpu", value: processor()),
      ("cores", String(info.activeProcessorCount)),
      ("memory_gb", String(info.physicalMemory >> 30)),
      ("system", info.operatingSystemVersionString),
      ("date", today),
      ("sqlite", String(cString: sqlite3_libversion())),
      ("lmdb", "\(MDB_VERSION_MAJOR).\(MDB_VERSION_MINOR).\(MDB_VERSION_PATCH)"),
      ("rocksdb", installed("rocksdb") ?? "unknown"),
      ("grdb", resolved("grdb.swift") ?? "unknown"),
      ("runs", String(options.runs)),
      ("cache_mb", String(options.cacheBytes >> 20)),
      ("patients", String(options.patients)),
    ] + sizes
  }

  static var today: String { String(ISO8601DateFormatter().string(from: Date()).prefix(10)) }

  /// The version of a library that names it nowhere else.
  private static func installed(_ library: String) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["pkg-config", "--modversion", library]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let version = output.trimmingCharacters(in: .whitespacesAndNewlines)
    return version.isEmpty ? nil : version
  }

  /// The version of a package that this program was made with.
  private static func resolved(_ package: String) -> String? {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("Package.resolved")),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let pins = object["pins"] as? [[String: Any]],
      let pin = pins.first(where: { $0["identity"] as? String == package })
    else { return nil }
    return (pin["state"] as? [String: Any])?["version"] as? String
  }

  private static func processor() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }

  /// A field of a file like /proc/self/status, as a number; nil where there is no such file.
  static func counter(_ field: String, in path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  }

  /// Bytes that this process has given to write calls so far.
  static var bytesWritten: Int? { counter("wchar", in: "/proc/self/io") }
}
