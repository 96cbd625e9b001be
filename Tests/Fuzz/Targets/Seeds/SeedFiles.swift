import CareFS
import CareFSTestSupport

/// Files of small databases, made by the engine, to begin with.
enum SeedFiles {
  /// Page files that were closed.
  static func closed() throws -> [FilePair] { try allClosed.get() }

  /// Page files with the log of a process that ended before it closed them.
  static func open() throws -> [FilePair] { try allOpen.get() }

  // They are made once, however many targets begin with them.
  private static let allClosed = Result {
    try (0..<64).map { try make(UInt64($0), closes: true) }
  }
  private static let allOpen = Result {
    try (0..<72).map { try make(UInt64(1_000 + $0), closes: $0 % 16 == 7) }
  }

  private static func make(_ seed: UInt64, closes: Bool) throws -> FilePair {
    var values = SeedValues(seed)
    let schema = SeedSchemas.all[Int(seed) % SeedSchemas.all.count]
    let files = FuzzFiles(seed: 100 + seed)
    var options = FuzzDatabase.options(files)
    // Every eighth has pages of 8 KiB.
    if seed % 8 == 3 { options.pageSize = 8192 }
    let database = try Database.create(path: FuzzDatabase.path, schema: schema, options: options)
    let long = [12, 60, 60, 400, 1_500, 5_000][values.random.below(6)]
    let rows = max(12_000 / (1_000 + long), 2)
    var number = 0
    for round in 0..<1 + values.random.below(3) {
      try fill(database, rows: 1 + values.random.below(rows), long: long, &number, &values)
      if values.random.below(2) == 0 { try remove(database, &values) }
      if round % 2 == 0, values.random.below(2) == 0 { try database.checkpoint() }
    }
    if closes { try database.close() }
    return FilePair(
      pages: files.contents(of: FuzzDatabase.path) ?? [],
      log: files.contents(of: FuzzDatabase.log) ?? [])
  }

  private static func fill(
    _ database: Database, rows: Int, long: Int, _ number: inout Int, _ values: inout SeedValues
  ) throws {
    try database.write { tx in
      for _ in 0..<rows {
        for table in database.schema.tables {
          // A few are refused, by their key or what they refer to, as in any database.
          _ = try? tx.insert(into: table.name, values.row(table, number: number, long: long))
        }
        number += 1
      }
    }
  }

  private static func remove(_ database: Database, _ values: inout SeedValues) throws {
    try database.write { tx in
      for table in database.schema.tables {
        var keys: [[Value]] = []
        try tx.scan(table.name) { row in
          keys.append(try row.key())
          return true
        }
        for key in keys where values.random.below(3) == 0 {
          _ = try tx.delete(from: table.name, key: key)
        }
      }
    }
  }
}
