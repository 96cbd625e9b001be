import Testing

@testable import CareFS

/// Loads dumps into databases in memory, for the tests of what they hold afterwards.
enum LoadedDump {
  /// A database in memory with a dump in it.
  static func load(
    _ sql: String, into given: Database? = nil,
    _ onConflict: ImportOptions.Conflict = .fail, events: ImportEvents = ImportEvents()
  ) throws -> (database: Database, report: SQLImportReport) {
    let database = try given ?? .inMemory(schema: DatabaseSchema())
    var options = SQLImportOptions()
    options.onConflict = onConflict
    let report = try database.importSQL(
      from: { MemorySource(Array(sql.utf8)) }, options, events: events)
    return (database, report)
  }

  static func rows(_ database: Database, _ table: String) throws -> [String] {
    try database.read { tx in
      var out: [UInt8] = []
      try tx.export(table, ExportOptions(format: .ndjson)) { out += Array($0) }
      return String(decoding: out, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  static func failure(_ sql: String) throws -> String {
    do {
      _ = try load(sql)
    } catch let error as FormatError {
      return error.description
    } catch let error as DatabaseError {
      return error.message
    }
    Issue.record("loaded: \(sql)")
    return ""
  }
}
