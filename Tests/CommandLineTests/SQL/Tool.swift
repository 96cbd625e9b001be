import Foundation

/// A program of the machine that reads or writes dumps too.
struct Tool {
  let url: URL

  /// The program of that name; nil, with a printed reason, where it is absent.
  init?(_ name: String) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for folder in folders {
      let url = URL(fileURLWithPath: String(folder)).appendingPathComponent(name)
      if FileManager.default.isExecutableFile(atPath: url.path) {
        self.url = url
        return
      }
    }
    print("skipped: no \(name) on this machine")
    return nil
  }

  /// Runs it with a file as its input, and gives its output and what it said to that.
  func run(
    _ arguments: [String], input: String? = nil, in folder: URL
  ) throws -> (exit: Int32, out: Data, err: String) {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // Files, not pipes: no output is too long for them.
    let out = folder.appendingPathComponent(".tool-out-\(UUID().uuidString)")
    let err = folder.appendingPathComponent(".tool-err-\(UUID().uuidString)")
    for url in [out, err] { try Data().write(to: url) }
    defer { for url in [out, err] { try? FileManager.default.removeItem(at: url) } }
    let source = input.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: "/dev/null")
    process.standardInput = try FileHandle(forReadingFrom: source)
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    let said = String(decoding: try Data(contentsOf: err), as: UTF8.self)
    return (process.terminationStatus, try Data(contentsOf: out), said)
  }
}
