/// Real FHIR documents: whole, by a path, and how small they get.
struct DocumentRunner {
  private static var kinds: [any DocumentEngine.Type] {
    [SQLiteDocuments.self, CareFSDocuments.self]
  }
  private static let documentsPerTransaction = 100

  let recorder: Recorder

  func run() throws {
    guard let set = try DocumentSet(folder: recorder.options.data) else {
      return Output.note("documents: skipped, no \(recorder.options.data)/fhir")
    }
    recorder.note(size: "documents", String(set.examples.count))
    recorder.note(size: "small_documents", String(set.small.count))
    let kinds = recorder.wanted(Self.kinds) { $0.name }
    try recorder.runs("documents", recorder.options.runs, of: kinds.count) { folder, order in
      var texts: Set<[String]> = []
      for kind in order.map({ kinds[$0] }) {
        texts.insert(try measure(kind, set, try Folders.part(folder, kind.name)))
      }
      guard texts.count == 1 else { throw BenchError("doc_path_ops: the texts differ") }
      if recorder.wants("small_doc_ratio"), kinds.count == Self.kinds.count {
        var sizes: [String: Double] = [:]
        for kind in kinds {
          let path = try Folders.part(folder, kind.name + "-small")
          let engine = try kind.init(directory: path, cacheBytes: 64 << 20)
          try put(set.small, engine)
          try engine.close()
          sizes[kind.name] = Folders.megabytes(path)
        }
        if let ours = sizes["carefs"], let theirs = sizes["sqlite"] {
          recorder.record("small_doc_ratio", "carefs", ours / theirs)
        }
      }
    }
  }

  private func put(_ documents: [Document], _ engine: any DocumentEngine) throws {
    let step = Self.documentsPerTransaction
    for start in stride(from: 0, to: documents.count, by: step) {
      try engine.put(documents[start..<min(documents.count, start + step)])
    }
  }

  private func measure(
    _ kind: any DocumentEngine.Type, _ set: DocumentSet, _ path: String
  ) throws -> [String] {
    let engine = try kind.init(directory: path, cacheBytes: recorder.options.cacheBytes)
    let bytes = set.examples.reduce(0) { $0 + $1.text.count }
    let put = try recorder.seconds { try self.put(set.examples, engine) }
    record("doc_put_mb_s", kind, Double(bytes) / 1_000_000 / put)
    try engine.checkpoint()
    record("doc_file_mb", kind, Folders.megabytes(path))
    var numbers = SeededNumbers(seed: 5)
    let ids = set.examples.map(\.id).shuffled(using: &numbers)
    var isEqual = true
    try engine.get(ids) { _ in }
    var place = 0
    try engine.get(ids) { text in
      isEqual = isEqual && text == set.examples[Int(ids[place]) - 1].text
      place += 1
    }
    guard isEqual, place == ids.count else { throw BenchError("\(kind.name) changed a document") }
    var read = 0
    let get = try recorder.seconds { try engine.get(ids) { read += $0.count } }
    record("doc_get_mb_s", kind, Double(read) / 1_000_000 / get)
    let texts = try engine.text(set.large)
    let rounds = 10
    let find = try recorder.seconds { for _ in 0..<rounds { _ = try engine.text(set.large) } }
    record("doc_path_ops", kind, Double(set.large.count * rounds) / find)
    try engine.close()
    return texts
  }

  private func record(_ work: String, _ kind: any DocumentEngine.Type, _ value: Double) {
    if recorder.wants(work) { recorder.record(work, kind.name, value) }
  }
}
