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
    let recorder = Recorder(options)
    if let name = options.crashOf {
      guard let kind = PairRunner.kinds.first(where: { $0.name == name }) else {
        throw BenchError("no such engine: \(name)")
      }
      return try StartRunner.crash(kind, in: options.directory ?? ".")
    }
    if let name = options.memoryOf {
      guard let kind = engines.first(where: { $0.name == name }) else {
        throw BenchError("no such engine: \(name)")
      }
      let runner = CareRunner(recorder, kinds: [kind])
      if let memory = try runner.peakMemory(of: kind) { print(memory) }
      return
    }
    if let path = options.baseline {
      return try await Check(path, options).run()
    }
    try await Suites.run(recorder)
    try Output.write(recorder, options)
  }
}
