import Foundation

@main
struct CareBench {
  static var engines: [any CareEngine.Type] {
    [SQLiteEngine.self, GRDBEngine.self, LMDBEngine.self, RocksDBEngine.self, CareFSEngine.self]
  }

  static func main() async {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if arguments.contains("--help") {
        print(Options.help)
        return
      }
      try await run(Options(arguments))
    } catch {
      Output.note("CareBench: \(error)")
      exit(1)
    }
  }

  private static func run(_ options: Options) async throws {
    if let child = options.child { return try child.run(options) }
    if let path = options.baseline { return try await Check(path, options).run() }
    let recorder = try Recorder(options)
    var failure: (any Error)?
    if !options.isReportOnly {
      do { try await Suites.run(recorder) } catch { failure = error }
    }
    try Output.write(recorder)
    if let failure { throw failure }
  }
}
