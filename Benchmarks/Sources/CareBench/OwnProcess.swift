import Foundation

/// This program again, in a process of its own.
enum OwnProcess {
  /// What the process printed; it may have died.
  @discardableResult
  static func run(_ arguments: [String]) throws -> String {
    guard let program = Bundle.main.executableURL else {
      throw BenchError("cannot find this program")
    }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
