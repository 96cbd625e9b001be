import Foundation

@main
struct CareBench {
  static var engines: [any CareEngine.Type] {
    [SQLiteEngine.self, LMDBEngine.self, CareFSEngine.self]
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
    let kinds = engines.filter { options.engines.isEmpty || options.engines.contains($0.name) }
    guard !kinds.isEmpty else { throw BenchError("no such engine") }
    let runner = Runner(options, kinds: kinds)
    if let name = options.memoryOf {
      guard let kind = engines.first(where: { $0.name == name }) else {
        throw BenchError("no such engine: \(name)")
      }
      if let memory = try runner.peakMemory(of: kind) { print(memory) }
      return
    }
    try await runner.run()
    if options.wants("peak_memory_mb") {
      for kind in kinds {
        if let memory = try memoryInOwnProcess(of: kind.name, options) {
          runner.add(memory: memory, of: kind.name)
        }
      }
    }
    try Output.write(runner.results, options)
  }

  /// Runs this program again for one engine, so that no other engine's memory is counted.
  private static func memoryInOwnProcess(of engine: String, _ options: Options) throws -> Double? {
    guard let program = Bundle.main.executableURL else { return nil }
    let process = Process()
    process.executableURL = program
    process.arguments = [
      "--memory-of", engine, "--rows", String(options.patients),
      "--cache-mb", String(options.cacheBytes >> 20),
    ]
    if let directory = options.directory { process.arguments? += ["--dir", directory] }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Double(String(decoding: output, as: UTF8.self).filter { !$0.isWhitespace })
  }
}
