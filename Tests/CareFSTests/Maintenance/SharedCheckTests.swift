import Testing

@testable import CareFS
@testable import PageStore

/// A check that threads share finds what one table after another finds, and takes no more memory.
struct SharedCheckTests {
  private static let path = "clinic.carefs"
  private static let schema = DatabaseSchema(
    Clinic.schema.tables + [
      TableSchema(
        "notes",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("visit_id", .int, null: true),
          ColumnSchema("text", .text), ColumnSchema("body", .json, null: true),
        ], foreignKeys: [.init("visit_id", references: "visits", onDelete: .cascade)])
    ])

  /// A file with indexes of all kinds, references, documents, overflow pages and free pages.
  private static func filled(_ options: DatabaseOptions, patients: Int) throws {
    let db = try Database.create(path: path, schema: schema, options: options)
    try db.write { tx in
      try tx.insert(into: "doctors", ["id": .int(1), "license": .text("L")])
      for number in 1...patients { try tx.insert(into: "patients", Clinic.patient(number)) }
      for id in 1...patients {
        let visit = Clinic.visit(
          id, patient: id * 7 % patients + 1, day: id, doctor: id % 3 == 0 ? nil : 1,
          parent: id % 5 == 0 ? id - 1 : nil)
        try tx.insert(into: "visits", visit)
      }
      for id in 1...patients / 4 {
        let text = String(repeating: "word \(id) ", count: id % 40 == 0 ? 1_000 : 3)
        let body = try JSON(validating: "{\"id\":\(id),\"text\":\"\(text)\"}")
        try tx.insert(
          into: "notes",
          [
            "id": .int(Int64(id)), "visit_id": .int(Int64(id)), "text": .text(text),
            "body": .json(body),
          ])
      }
    }
    try db.write {
      _ = try $0.delete(from: "patients", where: try Expression.parse("id > 20 and id < 45"))
    }
    try db.close()
  }

  private static func options(pageSize: Int = 4096) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = MemoryFileSystem()
    options.pageSize = pageSize
    return options
  }

  private static func text(_ report: CheckReport) -> [String] {
    report.findings.map {
      "\($0.message) \($0.page ?? 0) \($0.table ?? "") \($0.index ?? "") \($0.key ?? [])"
    } + report.notes + [
      "\(report.findingCount) \(report.rows) \(report.entries) \(report.pages) \(report.bytes)"
    ]
  }

  private static func compare(_ db: Database, quick: Bool) throws -> Bool {
    let serial = try db.check(quick: quick, .serial)
    for threads in [1, 2, 3] {
      let shared = try db.check(quick: quick, .shared(threads: threads))
      #expect(text(shared) == text(serial))
    }
    return serial.isSound
  }

  @Test func aSoundFileIsSound() throws {
    var options = Self.options()
    try Self.filled(options, patients: 2_000)
    options.readOnly = true
    let db = try Database.open(path: Self.path, options: options)
    #expect(try Self.compare(db, quick: false))
    #expect(try Self.compare(db, quick: true))
    var told: [String] = []
    _ = try db.check(.shared(threads: 2)) { told.append($0) }
    #expect(told == ["pages", "patients", "doctors", "visits", "bills", "notes"])
    struct Stopped: Error {}
    #expect(throws: Stopped.self) {
      try db.check(.shared(threads: 2)) { if $0 == "visits" { throw Stopped() } }
    }
    try db.close()
  }

  /// Single bytes change, half of them under a checksum that says they are right.
  @Test(arguments: 0..<4)
  func damageIsFoundAlike(seed: Int) throws {
    var options = Self.options()
    try Self.filled(options, patients: 300)
    options.readOnly = true
    let files = try #require(options.fileSystem)
    let file = try files.open(Self.path, .readWrite)
    let pageCount = Int(try file.size()) / 4096
    let page = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
    defer { page.deallocate() }
    let base = try #require(page.baseAddress)
    var random = SeededRandom(UInt64(seed))
    var damaged = 0
    for round in 0..<120 {
      let number = Int.random(in: 2..<pageCount, using: &random)
      let place = UInt64(number * 4096)
      _ = try file.read(into: page, at: place)
      let before = Array(page)
      // Headers of nodes are small, and worth as much as all the cells.
      let offset = Int.random(in: round % 3 == 0 ? 32..<120 : 8..<4096, using: &random)
      page[offset] ^= UInt8.random(in: 1...255, using: &random)
      let opened = try before.withUnsafeBytes { old in
        defer { try? file.write(old, at: place) }
        let sound = try Database.open(path: Self.path, options: options)
        if round % 2 == 0 { sound.pager.checksum.stamp(base, PageNumber(number)) }
        try sound.close()
        try file.write(UnsafeRawBufferPointer(page), at: place)
        guard let db = try? Database.open(path: Self.path, options: options) else { return false }
        let isSound = try Self.compare(db, quick: round % 5 == 0)
        try db.close()
        return !isSound
      }
      if opened { damaged += 1 }
    }
    #expect(damaged > 60)
  }

  @Test func memoryStaysWithinTheCache() throws {
    var options = Self.options(pageSize: 8192)
    try Self.filled(options, patients: 3_000)
    options.cacheBytes = 32 * 8192
    options.readOnly = true
    let db = try Database.open(path: Self.path, options: options)
    #expect(try db.check(.shared(threads: 4)).isSound)
    #expect(Int(try db.check().pages) > 64)
    // What threads hold while they look goes beyond it.
    #expect(db.pager.cache.mostBuffers <= 32 + 48)
    try db.close()
  }

  @Test func referencesAreFoundMissing() throws {
    for child in ["patient_id", "doctor_id"] {
      let options = Self.options()
      try Self.filled(options, patients: 300)
      let db = try Database.open(path: Self.path, options: options)
      try db.write { tx in
        let parent = try tx.table(child == "patient_id" ? "patients" : "doctors").plan
        let writer = try tx.writer(parent)
        let encoder = KeyEncoder()
        encoder.append(int: child == "patient_id" ? 8 : 1)
        #expect(try writer.load(encoder.key))
        try writer.removeOld()
      }
      #expect(try !Self.compare(db, quick: false))
      let findings = try db.check().findings.map(\.message)
      #expect(findings.contains { $0.contains("not there") && $0.contains(child) })
      try db.close()
    }
  }
}

private struct SeededRandom: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    return mixed ^ (mixed >> 29)
  }
}
