import Foundation

/// This program again, in a process of its own.
enum OwnProcess {
  /// What the process printed, and whether it ended well; it may have died.
  static func run(_ arguments: [String]) throws -> (output: String, isWell: Bool) {
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
    let isWell = process.terminationReason == .exit && process.terminationStatus == 0
    return (String(decoding: output, as: UTF8.self), isWell)
  }
}
