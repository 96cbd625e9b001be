import Foundation
import PageStore

/// Another run of this program.
struct Child {
  let process = Process()
  private let output = Pipe()

  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: Child.program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  /// The file of this program.
  static var program: String { CommandLine.arguments[0] }

  /// Calls `body` with each whole line that it prints from now on, on a thread of its own. `kill` and
  /// `finish` have no output then.
  func listen(_ body: @escaping @Sendable (String) -> Void) {
    let handle = output.fileHandleForReading
    _ = WorkThread.start {
      var rest = Data()
      while true {
        let part = handle.availableData
        if part.isEmpty { return }
        rest += part
        while let end = rest.firstIndex(of: 10) {
          body(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
          rest = Data(rest[(end + 1)...])
        }
      }
    }
  }

  /// Ends it without a chance to tidy up; answers what it had printed.
  func kill() -> String {
    Foundation.kill(process.processIdentifier, SIGKILL)
    return finish().output
  }

  /// Waits for its end; answers what it printed.
  func finish() -> (status: Int32, output: String) {
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
