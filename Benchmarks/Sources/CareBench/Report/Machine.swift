import CLMDB
import CSQLite
import Foundation

/// What the figures were measured on.
enum Machine {
  /// The facts that must be the same for figures to compare.
  static let identity = ["cpu", "cores", "memory_gb", "system"]

  /// What is told of every run, in this order; sizes of works follow.
  static let names = [
    "cpu", "cores", "memory_gb", "system", "date", "sqlite", "lmdb", "rocksdb", "grdb", "runs",
    "cache_mb",
  ]

  /// Names and values, in the order in which they are reported.
  static func facts(_ recorder: Recorder) -> [(name: String, value: String)] {
    let options = recorder.options
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
      ("grdb", "7.10.0"),
      ("runs", String(options.runs)),
      ("cache_mb", String(options.cacheBytes >> 20)),
    ] + recorder.sizes
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
