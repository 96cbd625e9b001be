import ArgumentParser
import CareFS
import Foundation

/// Writes to a file until it is killed, and says what has been acknowledged.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Write transactions until killed.", shouldDisplay: false)

  @Argument var path: String
  @Option(help: "How many transactions lie between two compactions; 0 for none.")
  var compactEvery: Int64 = 0
  @Option(help: "How many transactions to write before ending by itself.")
  var count: Int64 = .max
  @Option(help: "Microseconds between two transactions.")
  var pause: UInt32 = 0

  /// Small limits, so that checkpoints and reuse of the log happen all the time.
  static var options: DatabaseOptions {
    var options = DatabaseOptions()
    options.cacheBytes = 1 << 20
    options.pageSize = 4096
    options.tuning = {
      $0.segmentSize = 64 << 10
      $0.checkpointLogBytes = 128 << 10
      $0.maximumLogBytes = 1 << 20
      $0.bulkLogBytes = 256 << 10
    }
    return options
  }

  func run() throws {
    var db = try Database(path: path, schema: Ledger.schema, options: Self.options)
    var ledger = try Ledger(after: try Ledger.lastNumber(in: db))
    say(ledger.last)
    let end = count == .max ? .max : ledger.last + count
    while ledger.last < end {
      try ledger.perform(in: db)
      say(ledger.last)
      if pause > 0 { usleep(pause) }
      if compactEvery > 0, ledger.last % compactEvery == 0 {
        try db.close()
        _ = try Database.compact(path: path, options: Self.options)
        db = try Database(path: path, schema: Ledger.schema, options: Self.options)
      }
    }
    try db.close()
  }

  private func say(_ number: Int64) {
    // One write for each line: a kill leaves whole lines only.
    FileHandle.standardOutput.write(Data("\(number)\n".utf8))
  }
}

/// Opens what a worker left and compares it with what had been acknowledged.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare a file with what was acknowledged.",
    shouldDisplay: false)

  @Argument var path: String
  @Option(help: "The last transaction that was acknowledged.")
  var acknowledged: Int64
  @Option(help: "The last transaction that was begun; the one after the acknowledged by default.")
  var begun: Int64?

  func run() throws {
    guard acknowledged > 0 || FileManager.default.fileExists(atPath: path) else { return }
    let db: Database
    do {
      db = try Database.open(path: path, options: WorkerCommand.options)
    } catch  where acknowledged == 0 {
      // Nothing was promised yet: the file may not have been born.
      return
    }
    let problem = try Ledger.problem(
      in: db, acknowledged: acknowledged, begun: begun ?? acknowledged + 1)
    try db.close()
    if let problem { throw ValidationError(problem) }
  }
}
