/// Real FHIR documents: whole, by a path, and how small they get.
struct DocumentRunner {
  private static var kinds: [any DocumentEngine.Type] {
    [SQLiteDocuments.self, CareFSDocuments.self]
  }

  /// Documents of one kind, and how they are put and asked.
  private struct Load {
    /// What the names of its works begin with.
    let prefix: String
    let documents: [Document]
    let paths: [(id: Int64, path: String)]
    let documentsPerTransaction: Int
    /// How often all paths are asked.
    let rounds: Int
  }

  let recorder: Recorder

  func run() throws {
    let folder = recorder.options.data
    guard let set = try DocumentSet(folder: folder) else {
      return Output.note("documents: skipped, there is no \(folder)/\(DocumentSet.examplesFile)")
    }
    recorder.note(size: "documents", String(set.examples.count))
    recorder.note(size: "small_documents", String(set.small.count))
    recorder.note(size: "bundles", String(set.bundles.count))
    let kinds = recorder.wanted(Self.kinds) { $0.name }
    var loads = [
      Load(
        prefix: "doc", documents: set.examples, paths: set.examplePaths,
        documentsPerTransaction: 100, rounds: 10)
    ]
    if set.bundles.isEmpty {
      Output.note("bundles: skipped, there is no \(folder)/\(DocumentSet.bundlesFile)")
    } else {
      loads.append(
        Load(
          prefix: "bundle", documents: set.bundles, paths: set.bundlePaths,
          documentsPerTransaction: 1, rounds: 3))
    }
    try recorder.runs("documents", recorder.options.runs, of: kinds.count) { folder, order in
      let turned = order.map { kinds[$0] }
      for load in loads { try compare(load, turned, folder) }
      if recorder.wants("small_doc_ratio"), kinds.count == Self.kinds.count {
        try compareSmall(set.small, turned, folder)
      }
    }
  }

  private func compare(
    _ load: Load, _ kinds: [any DocumentEngine.Type], _ folder: String
  ) throws {
    let works = Work.all.filter { $0.name.hasPrefix(load.prefix + "_") }
    guard works.contains(where: { recorder.wants($0.name) }) else { return }
    var texts: Set<[String]> = []
    for kind in kinds {
      texts.insert(try measure(kind, load, try Folders.part(folder, kind.name, load.prefix)))
    }
    guard texts.count == 1 else { throw BenchError("\(load.prefix)_path_ops: the texts differ") }
  }

  private func compareSmall(
    _ documents: [Document], _ kinds: [any DocumentEngine.Type], _ folder: String
  ) throws {
    var sizes: [String: Double] = [:]
    for kind in kinds {
      let path = try Folders.part(folder, kind.name, "small")
      let engine = try kind.init(directory: path, cacheBytes: 64 << 20)
      try put(documents, 100, engine)
      try engine.close()
      sizes[kind.name] = Folders.megabytes(path)
    }
    if let ours = sizes[Engines.ours], let theirs = sizes["sqlite"] {
      recorder.record("small_doc_ratio", Engines.ours, ours / theirs)
    }
  }

  private func put(_ documents: [Document], _ step: Int, _ engine: any DocumentEngine) throws {
    for start in stride(from: 0, to: documents.count, by: step) {
      try engine.put(documents[start..<min(documents.count, start + step)])
    }
  }

  private func measure(
    _ kind: any DocumentEngine.Type, _ load: Load, _ path: String
  ) throws -> [String] {
    let engine = try kind.init(directory: path, cacheBytes: recorder.options.cacheBytes)
    func record(_ work: String, _ value: Double) {
      let name = load.prefix + work
      if recorder.wants(name) { recorder.record(name, kind.name, value) }
    }
    let bytes = load.documents.reduce(0) { $0 + $1.text.count }
    let put = try recorder.seconds {
      try self.put(load.documents, load.documentsPerTransaction, engine)
    }
    record("_put_mb_s", Double(bytes) / 1_000_000 / put)
    try engine.checkpoint()
    record("_file_mb", Folders.megabytes(path))
    var numbers = SeededNumbers(seed: 5)
    let ids = load.documents.map(\.id).shuffled(using: &numbers)
    var isEqual = true
    try engine.get(ids) { _ in }
    var place = 0
    try engine.get(ids) { text in
      isEqual = isEqual && text == load.documents[Int(ids[place]) - 1].text
      place += 1
    }
    guard isEqual, place == ids.count else { throw BenchError("\(kind.name) changed a document") }
    var read = 0
    let get = try recorder.seconds { try engine.get(ids) { read += $0.count } }
    record("_get_mb_s", Double(read) / 1_000_000 / get)
    let texts = try engine.text(load.paths)
    guard texts.count == load.paths.count else {
      throw BenchError("\(kind.name) found \(texts.count) of \(load.paths.count) paths")
    }
    let find = try recorder.seconds {
      for _ in 0..<load.rounds { _ = try engine.text(load.paths) }
    }
    record("_path_ops", Double(load.paths.count * load.rounds) / find)
    try engine.close()
    return texts
  }
}
