import CareFS

/// Builds a hospital, works with it, breaks off, and tells what happened and how fast.
final class Demo {
  let path: String
  private let output = Output(descriptor: 1)
  private let colours = Style.allows(1)
  private let start = SystemCall.seconds()

  init(path: String) { self.path = path }

  func run() throws {
    try load()
    try query()
    try delete()
    try refuse()
    try kill()
    try check("Check")
    try compact()
  }

  func finish() throws {
    try title("Done in \(Figures.duration(SystemCall.seconds() - start)).")
    try output.flush()
  }

  func say(_ text: String) throws {
    try output.line("  \(text)")
    try output.flush()
    try Interrupt.check()
  }

  private func title(_ text: String) throws {
    try output.line(Style.paint(text, .bold, colours))
    try output.flush()
  }

  /// Runs something and gives its seconds.
  private func timed<R>(_ body: () throws -> R) rethrows -> (R, Double) {
    let start = SystemCall.seconds()
    let result = try body()
    return (result, SystemCall.seconds() - start)
  }

  private func open() throws -> Database {
    do { return try Database.open(path: path) } catch { throw Failure(opening: path, error) }
  }

  private func withDatabase<R>(_ body: (Database) throws -> R) throws -> R {
    let database = try open()
    let result = try body(database)
    try database.close()
    return result
  }
}

extension Demo {
  private func load() throws {
    try title("A hospital in \(path)")
    let database: Database
    do {
      database = try Database.create(path: path, schema: DemoSchema.make())
    } catch {
      throw Failure(opening: path, error)
    }
    var loader = DemoLoader()
    let work: [(String, () throws -> [[String: Value]])] = [
      ("specializations", { loader.specializations() }), ("doctors", { loader.doctors() }),
      ("doctor_specializations", { loader.doctorSpecializations() }),
      ("patients", { try loader.patients() }), ("appointments", { try loader.appointments() }),
      ("queue_entries", { loader.queue() }), ("conversations", { try loader.conversations() }),
      ("messages", { try loader.messages() }), ("reports", { try loader.reports() }),
    ]
    for (table, rows) in work {
      let rows = try rows()
      let (_, seconds) = try timed {
        try database.write { tx in try tx.insert(contentsOf: rows, into: table) }
      }
      let count = Figures.grouped(rows.count)
      try say("\(count) \(table), \(Figures.grouped(Figures.rate(rows.count, seconds))) rows/s")
    }
    try database.close()
    try say("the file has \(Figures.bytes(SystemCall.size(path)))")
  }

  private func query() throws {
    try title("Questions")
    try withDatabase { database in
      let waiting = "status = 0 and priority = 2"
      try ask(database, "emergencies in the queue", "queue_entries", where: waiting)
      try ask(
        database, "cardiology appointments", "appointments",
        where: "details.specialty = \"Cardiology\"")
      try ask(
        database, "patients allergic to penicillin", "patients",
        where: "allergies.items[*] = \"penicillin\"")
      try ask(
        database, "conversations marked hard", "conversations",
        where: "metadata.tags[*] = \"hard\"")
      let (found, seconds) = try timed {
        try database.read { tx in
          var found = 0
          for id in 1...DemoLoader.patientCount
          where try tx.get("patients", key: [.int(Int64(id))]) != nil {
            found += 1
          }
          return found
        }
      }
      let rate = Figures.grouped(Figures.rate(found, seconds))
      try say("\(Figures.grouped(found)) patients fetched by key, \(rate) a second")
    }
  }

  private func ask(
    _ database: Database, _ question: String, _ table: String, where condition: String
  ) throws {
    let filter = try Expression.parse(condition)
    let ((count, plan), seconds) = try timed {
      try database.read { tx in
        (try tx.count(table, where: filter), try tx.explain(table, where: filter))
      }
    }
    let way = plan.split(separator: "\n").first ?? ""
    try say(
      "\(question): \(Figures.grouped(count)), \(Figures.fixed(seconds * 1000, 1)) ms, by \(way)")
  }
}

extension Demo {
  private func delete() throws {
    try title("A patient goes, with everything that hangs on it")
    try withDatabase { database in
      let busiest = try database.read { tx in try Self.busiest(tx) }
      let key: [Value] = [.int(busiest)]
      let foreseen = try database.write { tx in
        try tx.delete(from: "patients", key: key, dryRun: true)
      }
      let (counts, seconds) = try timed {
        try database.write { tx in try tx.delete(from: "patients", key: key) }
      }
      let parts = counts.entries.filter { $0.deleted > 0 }.map { "\($0.table) \($0.deleted)" }
      try say("\(parts.joined(separator: ", ")) in \(Figures.fixed(seconds * 1000, 1)) ms")
      try say(
        foreseen == counts
          ? "the dry run before had counted the same"
          : "the dry run before had counted otherwise: \(foreseen.total)")
    }
  }

  /// A patient with rows in as many tables as possible, and with most of them.
  private static func busiest(_ tx: ReadTransaction) throws -> Int64 {
    var rows: [Int64: (tables: Int, rows: Int)] = [:]
    for table in ["appointments", "queue_entries", "conversations", "reports"] {
      var own: [Int64: Int] = [:]
      try tx.scan(table) { row in
        if case .int(let patient) = try row.value("patient_id") { own[patient, default: 0] += 1 }
        return true
      }
      for (patient, count) in own {
        let before = rows[patient] ?? (0, 0)
        rows[patient] = (before.tables + 1, before.rows + count)
      }
    }
    let best = rows.max { left, right in
      (left.value.tables, left.value.rows, right.key) < (
        right.value.tables, right.value.rows, left.key
      )
    }
    return best?.key ?? 1
  }

  private func refuse() throws {
    try title("Refused")
    try withDatabase { database in
      try attempt(
        database, "a second patient with one e-mail", "patients",
        [
          "full_name": .text("Second Person"),
          "date_of_birth": .date(.min.adding(days: 700_000) ?? .min),
          "email": .text("Patient77@mail.example"),
        ])
      try attempt(
        database, "an appointment of nobody", "appointments",
        [
          "patient_id": .int(999_999), "doctor_id": .int(1),
          "date": .date(CalendarDate("2027-01-01") ?? .min), "time": .time(.midnight),
        ])
    }
  }

  private func attempt(
    _ database: Database, _ what: String, _ table: String, _ row: [String: Value]
  ) throws {
    do {
      try database.write { tx in try tx.insert(into: table, row) }
      throw Failure(.refused, "\(what) was accepted; the demo has found a fault")
    } catch let error as DatabaseError {
      try say("\(what): \(error.message)")
    }
  }
}

extension Demo {
  private func kill() throws {
    try title("A writing process is killed")
    let before = try withDatabase { try $0.read { tx in try tx.count("queue_entries") } }
    let child = try ChildProcess([
      "import", path, "queue_entries", "-", "--format", "ndjson", "--batch", "25", "--quiet",
    ])
    var printed = ""
    var sent = 0
    // Feed it until it has acknowledged a good number of batches, then kill it in mid-sentence.
    while acknowledged(printed) < 1_000 {
      for _ in 0..<25 {
        sent += 1
        let row = "{\"patient_id\":\(1 + sent % 50),\"specialization_id\":1,\"position\":\(sent)}\n"
        guard child.send(row) else { throw Failure(.io, "the writing process ended by itself") }
      }
      printed += child.receive()
    }
    child.kill()
    printed += child.receive()
    let promised = acknowledged(printed)
    let (after, seconds) = try timed {
      try withDatabase { try $0.read { tx in try tx.count("queue_entries") } }
    }
    let there = after - before
    try say("it had said that \(Figures.grouped(promised)) rows are durable when kill -9 came")
    try say(
      "reopened in \(Figures.fixed(seconds * 1000, 1)) ms: \(Figures.grouped(there)) rows are there"
    )
    guard there >= promised, there % 25 == 0 else {
      throw Failure(.refused, "rows were lost; the demo has found a fault")
    }
  }

  /// The last count in `committed ROWS` lines.
  private func acknowledged(_ printed: String) -> Int {
    let lines = printed.split(separator: "\n", omittingEmptySubsequences: true)
    // The last line may still lack its end.
    let whole = printed.last == "\n" ? lines[...] : lines.dropLast()
    return whole.last.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
  }

  private func check(_ name: String) throws {
    let database = try open()
    let (report, seconds) = try timed { try database.check() }
    try database.close()
    guard report.isSound else {
      throw Failure(.refused, "check has \(report.findingCount) findings; see carefs check")
    }
    let speed = Figures.bytes(Figures.rate(SystemCall.size(path), seconds))
    try title("\(name): everything is whole (\(Figures.duration(seconds)), \(speed)/s)")
  }

  private func compact() throws {
    let (report, seconds) = try timed { try Database.compact(path: path) }
    let before = Figures.bytes(Int(clamping: report.before))
    try title(
      "Compact: \(before) became \(Figures.bytes(Int(clamping: report.after))) "
        + "in \(Figures.duration(seconds))")
    try check("Check after it")
  }
}
