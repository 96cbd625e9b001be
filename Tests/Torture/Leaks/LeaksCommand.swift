import ArgumentParser
import CareFS
import CareFSTestSupport
import PageStore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `CareTorture leaks`.
struct LeaksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leaks",
    abstract:
      "Opens, uses, closes and drops databases, and counts what the process then still has.",
    discussion: "Descriptors, threads and memory must be as many after the last round as before.")

  @Option(help: "How many rounds.")
  var rounds = 150

  func run() throws {
    var name = Array("/tmp/carefs-leaks-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw ExitCode.failure }
    let folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { rmdir(folder) }
    // The first rounds fill pools that stay.
    for round in 0..<20 { try LeakRound(folder, round).run() }
    let before = ProcessUse()
    for round in 0..<rounds { try LeakRound(folder, round).run() }
    var after = ProcessUse()
    // A thread that has done its work may still be on its way out.
    for _ in 0..<100 where after.threads > before.threads {
      usleep(20_000)
      after = ProcessUse()
    }
    guard before.descriptors > 0 else {
      print("leaks: skipped, this system has no /proc")
      return
    }
    let descriptors = after.descriptors - before.descriptors
    let threads = after.threads - before.threads
    let memory = max(0, after.memory - before.memory)
    print(
      "leaks: \(rounds) rounds, \(descriptors) descriptors, \(threads) threads, "
        + "\(memory >> 10) KiB of memory")
    guard descriptors == 0, threads == 0, memory < 8 << 20 else { throw ExitCode.failure }
  }
}

/// What the process has of the system's.
private struct ProcessUse {
  var descriptors = Self.entries("/proc/self/fd")
  var threads = Self.entries("/proc/self/task")
  var memory = residentMemory()

  private static func entries(_ path: String) -> Int {
    guard let folder = opendir(path) else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}

/// The life of one database on the disk.
private struct LeakRound {
  private let path: String
  private let round: Int

  init(_ folder: String, _ round: Int) {
    path = folder + "/leaks.carefs"
    self.round = round
  }

  private var options: DatabaseOptions {
    var options = DatabaseOptions()
    options.pageSize = 4096
    options.cacheBytes = 40 * 4096
    return options
  }

  private var schema: DatabaseSchema {
    DatabaseSchema([
      TableSchema(
        "notes",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("text", .text), ColumnSchema("doc", .json),
        ], indexes: [["text"]])
    ])
  }

  func run() throws {
    defer {
      unlink(path)
      unlink(path + "-wal")
    }
    do {
      let database = try Database(path: path, schema: schema, options: options)
      try fill(database)
      try expectFailures(database)
      // Every other database is dropped without a word.
      if round % 2 == 0 { try database.close() }
    }
    do {
      let database = try Database.open(path: path, options: options)
      guard try database.check().isSound else { throw ExitCode.failure }
      try database.close()
    }
    _ = try Database.compact(path: path, options: options)
    try damage()
  }

  /// More pages than the cache holds, beside a reader that needs them as they were: they spill.
  private func fill(_ database: Database) throws {
    let text = String(repeating: "note \(round) ", count: 40)
    try insert(database, 0..<200, text)
    try database.read { reader in
      let count = try reader.count("notes")
      try insert(database, 200..<800, text)
      guard try reader.count("notes") == count else { throw ExitCode.failure }
    }
    try database.checkpoint()
  }

  private func insert(_ database: Database, _ ids: Range<Int>, _ text: String) throws {
    let document = try JSON(validating: "{\"a\":[1,2,3],\"b\":\"\(text)\"}")
    try database.write { tx in
      for id in ids {
        let row: [String: Value] = [
          "id": .int(Int64(id)), "text": .text("\(id) \(text)"), "doc": .json(document),
        ]
        try tx.insert(into: "notes", row)
      }
    }
  }

  /// Calls that fail must not keep anything either.
  private func expectFailures(_ database: Database) throws {
    let id: [String: Value] = ["id": .int(0)]
    if (try? Database.open(path: path, options: options)) != nil { throw ExitCode.failure }
    if (try? database.write { try $0.insert(into: "notes", id) }) != nil { throw ExitCode.failure }
    if (try? database.write { _ in throw SeedUndo() }) != nil { throw ExitCode.failure }
  }

  /// A file that cannot be opened.
  private func damage() throws {
    truncate(path, 5000)
    if (try? Database.open(path: path, options: options)) != nil { throw ExitCode.failure }
  }
}
