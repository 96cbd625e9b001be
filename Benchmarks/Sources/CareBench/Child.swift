/// The parts that run in a process of their own, because they measure its memory or kill it. Each
/// prints its figures, if it lives to.
enum Child: String, Sendable {
  case memory, crash, idle, longRead, noRead

  func run(_ options: Options) throws {
    let name = options.engines.first ?? Engines.ours
    switch self {
    case .memory:
      print(
        try MemoryProbe.peakOfLoad(try Child.find(name, CareBench.engines) { $0.name }, options))
    case .crash:
      let kind = try Child.find(name, PairRunner.kinds) { $0.name }
      try StartRunner.crash(kind, options)
    case .idle: print(try MemoryProbe.idle(options))
    case .longRead, .noRead:
      let figures = try LongReader(options).run(reading: self == .longRead)
      print(figures.pages, figures.log, figures.memory)
    }
  }

  private static func find<Kind>(
    _ name: String, _ kinds: [Kind], _ nameOf: (Kind) -> String
  ) throws -> Kind {
    guard let kind = kinds.first(where: { nameOf($0) == name }) else {
      throw BenchError("no such engine: \(name)")
    }
    return kind
  }

  /// Starts this program for the part, and takes the figures that it prints; none where the system
  /// does not tell.
  func figures(
    of engine: String, _ options: Options, rows: Int, cacheBytes: Int, directory: String? = nil
  ) throws -> [Double] {
    var arguments = [
      "--child", rawValue, "--engine", engine, "--rows", String(rows),
      "--cache-kb", String(max(1, cacheBytes >> 10)),
      "--commits", String(options.longReaderCommits), "--log-mib", String(options.logMebibytes),
    ]
    if let directory = directory ?? options.directory { arguments += ["--dir", directory] }
    let (output, isWell) = try OwnProcess.run(arguments)
    guard isWell || self == .crash else { throw BenchError("\(rawValue) of \(engine) failed") }
    return output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }
}
