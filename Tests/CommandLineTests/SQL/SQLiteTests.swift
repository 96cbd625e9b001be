import Foundation
import Testing

@Suite("SQL and sqlite3", .timeLimit(.minutes(5))) struct SQLiteTests {
  /// What sqlite3 itself makes of a script, with every feature that its dumps can hold.
  static let script = #"""
    PRAGMA foreign_keys=ON;
    CREATE TABLE patients (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,
      email VARCHAR(20) UNIQUE CHECK (email LIKE '%@%'), born DATE DEFAULT '1970-01-01',
      weight REAL CHECK (weight BETWEEN 0.5 AND 1000 OR weight IS NULL), active BOOLEAN NOT NULL
      DEFAULT 1 CHECK (active IN (0, 1)), photo BLOB, seen DATETIME, note JSON,
      "odd ""name" TEXT DEFAULT 'it''s; --', CONSTRAINT alive CHECK (born >= '1850-01-01')
    );
    CREATE TABLE visits (
      patient INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE, day TEXT NOT NULL,
      parent TEXT, [text with space] TEXT, PRIMARY KEY (patient, day),
      FOREIGN KEY (patient, parent) REFERENCES visits (patient, day) ON DELETE CASCADE
      DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID;
    CREATE TABLE early (id INT PRIMARY KEY NOT NULL, late INT REFERENCES late) STRICT;
    CREATE TABLE late (id INT PRIMARY KEY NOT NULL);
    CREATE INDEX by_name ON patients (name, born DESC);
    CREATE INDEX some ON patients (born) WHERE active = 1 AND email IS NOT NULL;
    CREATE UNIQUE INDEX visit_days ON visits (day, patient);
    CREATE INDEX lower_name ON patients (lower(name));
    CREATE VIEW names AS SELECT name FROM patients;
    CREATE TRIGGER seen AFTER INSERT ON visits BEGIN
      UPDATE patients SET seen = CASE WHEN 1 THEN '2020-01-01 00:00:00' END WHERE id = new.patient;
    END;
    CREATE VIRTUAL TABLE words USING fts5(word);
    INSERT INTO words VALUES ('x');
    INSERT INTO patients VALUES (1, 'Ada', 'a@b', '1980-02-03', 70.25, 1, X'00ff27', '2026-01-02 03:04:05', '{"a":  1}', NULL);
    INSERT INTO patients VALUES (5, 'line' || char(13, 10) || 'end \n \r', NULL, NULL, NULL, 0, X'', NULL, '[]', 'x');
    INSERT INTO patients (id, name, weight) VALUES (9, 'Č''☃', 0.1 + 0.7);
    INSERT INTO patients (id, name) VALUES (77, 'gone');
    DELETE FROM patients WHERE id = 77;
    INSERT INTO visits VALUES (1, 'a', NULL, 'x'), (1, 'b', 'a', 'tab' || char(9)), (9, 'c', NULL, '');
    INSERT INTO late VALUES (-9223372036854775808), (9223372036854775807);
    INSERT INTO early VALUES (1, 9223372036854775807), (2, NULL);
    """#

  static let queries = [
    "patients": #"""
    SELECT json_object('id', id, 'name', name, 'email', email, 'born', born, 'weight', CASE id WHEN 9 THEN json('0.7999999999999999') ELSE weight END,
      'active', json(CASE active WHEN 1 THEN 'true' ELSE 'false' END),
      'photo', CASE hex(photo) WHEN '00FF27' THEN 'AP8n' ELSE CASE photo WHEN X'' THEN '' END END,
      'seen', replace(seen, ' ', 'T') || 'Z', 'note', NULL, 'odd "name', "odd ""name")
    FROM patients ORDER BY id
    """#,
    "visits": #"""
    SELECT json_object('patient', patient, 'day', day, 'parent', parent, 'text with space',
      [text with space]) FROM visits ORDER BY patient, day
    """#,
    "early": "SELECT json_object('id', id, 'late', late) FROM early ORDER BY id",
    "late": "SELECT json_object('id', id) FROM late ORDER BY id",
  ]

  private func made(_ shell: Shell, _ sqlite: Tool) throws -> String {
    let script = try shell.file("script.sql", Self.script)
    let run = try sqlite.run(["-bail", shell.path("a.db")], input: script, in: shell.folder)
    #expect(run.exit == 0, "\(run.err)")
    return shell.path("a.db")
  }

  @Test("a dump of sqlite3 becomes a database with the same rows, keys and constraints")
  func dump() throws {
    guard let sqlite = Tool("sqlite3") else { return }
    let shell = try Shell()
    let db = try made(shell, sqlite)
    let dump = try sqlite.run([db, ".dump"], in: shell.folder).out
    try dump.write(to: shell.folder.appendingPathComponent("d.sql"))
    let copy = shell.path("copy.carefs")
    let run = try shell.run("import", copy, "--format", "sql", shell.path("d.sql"))
    #expect(run.exit == 0, "\(run.err)")
    #expect(run.out.hasPrefix("4 tables made, "), "\(run.out)")
    for what in ["view \"names\"", "trigger \"seen\"", "\"words\"", "lower_name"] {
      #expect(run.err.contains(what), "\(run.err)")
    }
    for (table, query) in Self.queries {
      let wanted = String(
        decoding: try sqlite.run([db, query], in: shell.folder).out, as: UTF8.self)
      // SQLite's JSON functions would change the document's spaces: it is looked at apart.
      let rows = try shell.succeed("export", copy, table, "--format", "ndjson")
        .replacing(#""note":{"a":  1}"#, with: #""note":null"#)
        .replacing(#""note":[]"#, with: #""note":null"#)
      #expect(rows == wanted, "\(table)")
    }
    #expect(try shell.succeed("get", copy, "patients", "1").contains(#""note":{"a":  1}"#))
    #expect(try shell.succeed("insert", copy, "patients", #"{"name":"new"}"#) == "{\"id\":78}\n")
    for bad in [
      #"{"name":"x","email":"none"}"#, #"{"name":"x","weight":0.1}"#,
      #"{"name":"x","born":"1800-01-01"}"#, #"{"email":"q@q"}"#, #"{"name":"x","email":"a@b"}"#,
    ] {
      try shell.fail(1, "insert", copy, "patients", bad)
    }
    try shell.fail(1, "insert", copy, "early", #"{"id":3,"late":3}"#)
    #expect(
      try shell.succeed("delete", copy, "patients", "1", "--json").contains("\"visits\":2"))
    try shell.succeed("check", copy)
    try shell.expectDumpRoundTrip(copy)
  }

  @Test("our dump is loaded by sqlite3, whole and exact")
  func export() throws {
    guard let sqlite = Tool("sqlite3") else { return }
    let shell = try Shell()
    let rich = try shell.richDatabase()
    try shell.expectDumpRoundTrip(rich)
    let dump = shell.path("d.sql")
    try shell.succeed("export", rich, "--format", "sql", "-o", dump)
    let loaded = try sqlite.run(["-bail", shell.path("b.db")], input: dump, in: shell.folder)
    #expect(loaded.exit == 0 && loaded.err.isEmpty, "\(loaded.err)")
    func ask(_ query: String) throws -> String {
      let run = try sqlite.run([shell.path("b.db"), query], in: shell.folder)
      #expect(run.exit == 0 && run.err.isEmpty, "\(run.err)")
      return String(decoding: run.out, as: UTF8.self)
    }
    #expect(try ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
    let types = try ask(
      "SELECT group_concat(DISTINCT typeof(price) || typeof(score) || typeof(raw) || typeof(big)"
        + " || typeof(ok) || typeof(doc)) FROM people WHERE id = 1")
    #expect(types == "textrealblobintegerintegertext\n")
    #expect(
      try ask("SELECT hex(name) FROM people WHERE id = 2")
        == "CR\r\nLF \\r x\r1_".utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        .uppercased() + "\n")
    #expect(try ask("SELECT seq FROM sqlite_sequence WHERE name = 'people'") == "5\n")
    #expect(try ask("SELECT score = 0.30000000000000004 FROM people WHERE id = 3") == "1\n")
    // And back from there: what SQL can say of the schema, and all rows.
    let back = try sqlite.run([shell.path("b.db"), ".dump"], in: shell.folder).out
    try back.write(to: shell.folder.appendingPathComponent("back.sql"))
    let copy = shell.path("back.carefs")
    try shell.succeed("import", copy, "--format", "sql", shell.path("back.sql"))
    for table in ["people", "a ward"] {
      var rows = try [rich, copy].map {
        try shell.succeed("export", $0, table, "--format", "ndjson")
      }
      // A number of any kind is JSON there.
      rows = rows.map { $0.replacing("\"what\":\"1\"", with: "\"what\":1") }
      #expect(rows[0].replacing("1e400", with: "1") == rows[1].replacing("1e400", with: "1"))
    }
  }

  @Test("Chinook: from SQLite and back")
  func chinook() throws {
    guard let sqlite = Tool("sqlite3"),
      let source = SharedData.path("relational/Chinook_Sqlite.sqlite")
    else { return }
    let shell = try Shell()
    let dump = try sqlite.run([source.path, ".dump"], in: shell.folder).out
    try dump.write(to: shell.folder.appendingPathComponent("chinook.sql"))
    let copy = shell.path("chinook.carefs")
    let report = try shell.succeed("import", copy, "--format", "sql", shell.path("chinook.sql"))
    #expect(report.hasPrefix("11 tables made, 15,607 rows read, 15607 inserted, 0 rejected"))
    try shell.expectDumpRoundTrip(copy)
    let ours = shell.path("ours.sql")
    try shell.succeed("export", copy, "--format", "sql", "-o", ours)
    let again = shell.path("again.db")
    #expect(try sqlite.run(["-bail", again], input: ours, in: shell.folder).exit == 0)
    let tables = ["Album", "Artist", "Genre", "MediaType", "Playlist", "PlaylistTrack", "Customer"]
    var compare =
      "ATTACH '\(source.path)' AS old; PRAGMA integrity_check; PRAGMA foreign_key_check;"
    for table in tables {
      compare += "SELECT * FROM main.\(table) EXCEPT SELECT * FROM old.\(table);"
      compare += "SELECT * FROM old.\(table) EXCEPT SELECT * FROM main.\(table);"
    }
    compare += "SELECT TrackId, Name, UnitPrice + 0 FROM main.Track EXCEPT "
    compare += "SELECT TrackId, Name, UnitPrice + 0 FROM old.Track;"
    let run = try sqlite.run([again, compare], in: shell.folder)
    #expect(String(decoding: run.out, as: UTF8.self) == "ok\n", "\(run.err)")
  }
}
