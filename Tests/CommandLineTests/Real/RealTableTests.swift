import Foundation
import Testing

@Suite("Real tables with foreign keys", .serialized, .timeLimit(.minutes(10)))
struct RealTableTests {
  @Test("OMOP: orphans are rejected with reasons, a person goes with all that hangs on it")
  func omop() throws {
    guard let folder = SharedData.path("synthea-omop-1k") else { return }
    let shell = try Shell()
    let data = try OMOP.dataSet(shell, folder)
    #expect(data.order.count == 15)
    let (db, read, rejected) = try data.load(shell)
    #expect(rejected > 0)
    try shell.expectRoundTrip(
      db, tables: data.order, formats: Shell.isGiven ? ["csv", "json", "ndjson"] : ["csv"])

    let measurement = try #require(data.tables["measurement"])
    let place = try #require(measurement.references.firstIndex { $0.column == "person_id" })
    var counts: [Int: Int] = [:]
    for row in measurement.kept { counts[row[place + 1], default: 0] += 1 }
    let person = try #require(counts.max { ($0.value, $1.key) < ($1.value, $0.key) }).key
    let wanted = data.deletion(of: person, in: "person")
    let json = try shell.succeed("delete", db, "person", String(person), "--json")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(report["deleted"] as? [String: Int] == wanted)
    for name in data.order {
      let left = (data.tables[name]?.kept.count ?? 0) - (wanted[name] ?? 0)
      #expect(try shell.succeed("count", db, name) == "\(left)\n", "\(name)")
    }
    try shell.succeed("check", db)
    print(
      "OMOP: \(read) rows of 15 tables, \(data.references.count) references, \(rejected) rejected; "
        + "person \(person) took \(wanted.values.reduce(0, +)) rows in \(wanted.count) tables along"
    )
  }

  @Test("Synthea: all references are met, nothing is rejected")
  func synthea() throws {
    guard let folder = SharedData.path("synthea-unmc") else { return }
    let shell = try Shell()
    var sources: [String: URL] = [:]
    for file in try SharedData.files(in: folder) where file.hasSuffix(".csv") {
      sources[String(file.dropLast(4))] = folder.appendingPathComponent(file)
    }
    let records = [
      "allergies", "careplans", "conditions", "devices", "imaging_studies", "immunizations",
      "medications", "procedures", "supplies",
    ]
    var references = [
      DataSet.Reference(table: "encounters", column: "patient", parent: "patients"),
      .init(table: "encounters", column: "organization", parent: "organizations"),
      .init(table: "encounters", column: "provider", parent: "providers"),
      .init(table: "encounters", column: "payer", parent: "payers"),
      .init(table: "providers", column: "organization", parent: "organizations"),
    ]
    for table in records {
      references.append(.init(table: table, column: "patient", parent: "patients"))
      references.append(.init(table: table, column: "encounter", parent: "encounters"))
    }
    let parents = ["patients", "encounters", "organizations", "providers", "payers"]
    let data = try DataSet(
      shell, sources: sources, keys: Dictionary(uniqueKeysWithValues: parents.map { ($0, "id") }),
      references: references)
    let (db, read, rejected) = try data.load(shell)
    #expect(data.references.count >= 14)
    if Shell.isGiven { #expect(rejected == 0) }
    try shell.expectRoundTrip(
      db, tables: data.order, formats: Shell.isGiven ? ["csv", "json", "ndjson"] : ["ndjson"])
    try shell.expectDumpRoundTrip(db)
    print("Synthea: \(read) rows, \(data.references.count) references, \(rejected) rejected")
  }
}

/// The OMOP tables with the keys and types that their own SQL declares.
enum OMOP {
  static func dataSet(_ shell: Shell, _ folder: URL) throws -> DataSet {
    func sql(_ name: String) throws -> [[Substring]] {
      let url = folder.appendingPathComponent("schema/\(name).sql")
      return try String(contentsOf: url, encoding: .utf8).lowercased().split(separator: "\n")
        .map { line in line.split { " \t().,;".contains($0) } }
    }
    var sources: [String: URL] = [:]
    for file in try SharedData.files(in: folder) where file.contains(".csv") {
      let name = file.prefix { $0 != "." }.lowercased()
      sources[name] = folder.appendingPathComponent(file)
    }
    // alter table @schema NAME add constraint X primary key COLUMN
    var keys = ["death": "person_id"]
    for words in try sql("primary_keys") where words.count == 10 && words[7] == "primary" {
      keys[String(words[3])] = String(words[9])
    }
    // alter table @schema NAME add constraint X foreign key COLUMN references @schema NAME COLUMN
    var references: [DataSet.Reference] = []
    for words in try sql("constraints") where words.count == 14 && words[7] == "foreign" {
      references.append(
        .init(table: String(words[3]), column: String(words[9]), parent: String(words[12])))
    }
    var types: [String: [String: String]] = [:]
    var table = ""
    for words in try sql("ddl") where words.count >= 2 {
      if words[0] == "create" {
        table = String(words[3])
      } else if let type = ["integer": "int", "date": "date", "numeric": "decimal"][words[1]] {
        types[table, default: [:]][String(words[0])] = type
      }
    }
    return try DataSet(shell, sources: sources, keys: keys, types: types, references: references)
  }
}
