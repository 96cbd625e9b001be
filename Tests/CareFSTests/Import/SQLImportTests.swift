import Testing

@testable import CareFS

@Suite("SQL import") struct SQLImportTests {
  @Test("tables with every kind of declaration")
  func declarations() throws {
    let sql = """
      PRAGMA foreign_keys=OFF;
      CREATE TABLE Patients (
        id INTEGER PRIMARY KEY, email VARCHAR(50) NOT NULL COLLATE NOCASE UNIQUE,
        born DATE CHECK (born >= '1880-01-01'), weight REAL DEFAULT -1.5, active BOOLEAN DEFAULT 1
        CHECK (active IN (0,1)), balance DECIMAL(10,2) DEFAULT 0, picture BLOB DEFAULT X'ff',
        note JSON, seen DATETIME DEFAULT CURRENT_TIMESTAMP, key UUID, at TIME, other,
        CONSTRAINT named CHECK (email LIKE '%@x%' AND length(email) BETWEEN 3 AND 50)
      ) STRICT;
      CREATE TABLE visits (
        patient INT NOT NULL REFERENCES patients ON DELETE CASCADE ON UPDATE CASCADE,
        number INT NOT NULL, "doctor id" INT DEFAULT NULL REFERENCES patients(ID)
        ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, kind TEXT DEFAULT 'a',
        PRIMARY KEY (patient, number), UNIQUE (number, kind), UNIQUE (patient, number),
        FOREIGN KEY (patient, number) REFERENCES visits ON DELETE NO ACTION
      ) WITHOUT ROWID;
      CREATE TABLE plain (a TEXT, b STRING);
      CREATE INDEX visits_kind ON visits (kind, number DESC) WHERE kind <> 'a';
      CREATE UNIQUE INDEX plain_b ON plain (b DESC);
      CREATE INDEX left_out ON plain (lower(a));
      CREATE VIEW v AS SELECT 1;
      """
    var notes: [String] = []
    var events = ImportEvents()
    events.noted = { notes.append("\($0) \($1)") }
    let (database, report) = try LoadedDump.load(sql, events: events)
    #expect(report.tables == 3)
    #expect(notes.count == 4, "\(notes)")
    let schema = database.schema
    let patients = try #require(schema.table("Patients"))
    #expect(
      patients.columns.map(\.type) == [
        .int, .text, .date, .double, .bool, .decimal, .bytes, .json, .timestamp, .uuid, .time, .any,
      ])
    #expect(patients.columns.map(\.nullable) == [false, false] + Array(repeating: true, count: 10))
    #expect(patients.columns[0].autoincrement && patients.columns[1].collation == .nocase)
    #expect(patients.columns[3].defaultValue == .constant(.number("-1.5")))
    #expect(patients.columns[4].defaultValue == .constant(.bool(true)))
    #expect(patients.columns[6].defaultValue == .constant(.text("/w==")))
    #expect(patients.columns[8].defaultValue == .now)
    #expect(
      patients.checks.map(\.expression) == [
        #"born >= "1880-01-01""#, "active in (false, true)",
        #"lower(email) like "%@x%" and length(email) between 3 and 50"#,
      ])
    let visits = try #require(schema.table("visits"))
    #expect(visits.primaryKey == ["patient", "number"])
    #expect(visits.unique == [["number", "kind"]])
    #expect(visits.foreignKeys.map(\.onDelete) == [.cascade, .setNull, .restrict])
    #expect(visits.foreignKeys.map(\.references) == ["Patients", "Patients", "visits"])
    #expect(visits.foreignKeys.map(\.deferred) == [false, true, false])
    #expect(
      visits.indexes == [
        IndexSchema(["kind", "-number"], where: #"kind != "a""#, name: "visits_kind")
      ])
    let plain = try #require(schema.table("plain"))
    #expect(plain.primaryKey == ["rowid"])
    #expect(plain.unique == [UniqueSchema(["-b"], name: "plain_b")])
  }

  @Test(
    "what cannot be kept is refused with its line and name",
    arguments: [
      ("create table t (a int primary key,\nb text check (b glob 'x'))", "line 2", "glob"),
      ("create table t (a int primary key,\ncheck (typeof(a) = 'integer'))", "line 2", "typeof"),
      ("create table t (a int primary key, constraint c check (a % 2 = 0))", "\"c\"", "%"),
      ("create table t (a int primary key, b text default (random()))", "line 1", "default"),
      ("create table t (a int primary key, b int default 'x')", "line 1", "default"),
      ("create table t (a int primary key, b text collate rtrim)", "line 1", "RTRIM"),
      (
        "create table t (a int primary key);\ncreate unique index i on t (a) where a > 1", "line 2",
        "some rows"
      ),
      (
        "create table t (a int primary key);\ncreate unique index i on t (a + 1)", "line 2",
        "expression"
      ),
      ("create table t (a int primary key references u)", "refers", "unknown table \"u\""),
      (
        "create table t (a int primary key);\ncreate table T (a int primary key)", "line 2", "twice"
      ),
      ("create table t (a int, primary key (b))", "line 1", "no column \"b\""),
      ("insert into t values (1)", "line 1", "no table"),
      (
        "create table t (a int primary key, b text);\ninsert into t values (1)", "line 2",
        "1 values for 2"
      ),
      (
        "create table t (a int primary key);\ninsert into t (z) values (1)", "line 2",
        "no column \"z\""
      ),
      (
        "create table t (a int primary key);\ninsert into t values (1),\n('x')", "line 3",
        "a text in a column of type int"
      ),
      (
        "create table t (a int primary key, b text);\ninsert into t values (1,\n5)", "line 2",
        "an integer in a column"
      ),
      (
        "create table t (a int primary key);\ninsert into t values (9223372036854775808)", "line 2",
        "64 bits"
      ),
      (
        "create table t (a int primary key, b real);\ninsert into t values (1, 1e999)", "line 2",
        "double"
      ),
      (
        "create table t (a int primary key, b text);\ninsert into t values (1, x'00')", "line 2",
        "bytes in a column"
      ),
      (
        "create table t (a int primary key);\ninsert into t values (1);\ninsert into t values (2),(1)",
        "line 3", "primary key"
      ),
      (
        "create table t (a int primary key not null);\ninsert into t values (null)", "line 2",
        "required"
      ),
    ])
  func refusals(_ sql: String, _ place: String, _ reason: String) throws {
    let message = try LoadedDump.failure(sql + ";")
    #expect(message.contains(place), "\(message)")
    #expect(message.contains(reason), "\(message)")
  }

  @Test("numbers, texts and times of SQLite and PostgreSQL become what they are")
  func values() throws {
    let table = """
      create table t (k int primary key, d decimal, r real, b boolean, s timestamp, u uuid, j json,
        x blob, a);
      """
    let sqlite = try LoadedDump.load(
      "PRAGMA foreign_keys=OFF;\(table)" + """
        insert into t values (1, 0.98999999999999999111, 5, 1, '2020-01-02 03:04:05',
          x'000102030405060708090a0b0c0d0e0f', 12, x'00', 0.10000000000000000555);
        insert into t values (2, 7, 1e3, false, '2020-01-02 03:04', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
          ' [1]', x'', 'text');
        """)
    #expect(
      try LoadedDump.rows(sqlite.database, "t") == [
        #"{"k":1,"d":"0.99","r":5.0,"b":true,"s":"2020-01-02T03:04:05Z","#
          + #""u":"00010203-0405-0607-0809-0a0b0c0d0e0f","j":12,"x":"AA==","a":0.1}"#,
        #"{"k":2,"d":"7","r":1000.0,"b":false,"s":"2020-01-02T03:04:00Z","#
          + #""u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","j": [1],"x":"","a":"text"}"#,
      ])
    let postgres = try LoadedDump.load(
      "SET x = 1; \(table)" + """
        insert into public.t (k, d, s, x, b) values (1, 0.98999999999999999111,
          '2020-01-02 03:04:05.5+02', '\\x00ff'::bytea, 't');
        """)
    #expect(
      try LoadedDump.rows(postgres.database, "t") == [
        #"{"k":1,"d":"0.98999999999999999111","r":null,"b":true,"s":"2020-01-02T01:04:05.500000Z","#
          + #""u":null,"j":null,"x":"AP8=","a":null}"#
      ])
  }

  private static let family = """
    create table child (id integer primary key, parent int references parent(id),
      sibling int references child);
    insert into child values (1, 10, 2);
    insert into child values (2, 11, 3);
    insert into child values (3, 10, null);
    create table parent (id integer primary key, favourite int references child);
    insert into parent values (10, 1);
    insert into parent values (11, null);

    """

  @Test("rows may refer to later rows of later tables")
  func laterRows() throws {
    let (database, report) = try LoadedDump.load(Self.family)
    #expect(report.rows.inserted == 5)
    #expect(try database.check().findings.isEmpty)
  }

  @Test("an orphan refuses the dump, or is rejected with those that refer to it")
  func orphans() throws {
    let orphaned = Self.family.replacing("values (11, null)", with: "values (12, null)")
    let message = try LoadedDump.failure(orphaned)
    #expect(message.contains("line 4: child.parent"), "\(message)")
    var rejected: [String] = []
    var events = ImportEvents()
    events.rejected = { rejected.append("\($0.line) \($0.column ?? "")") }
    let (database, report) = try LoadedDump.load(orphaned, events: events)
    #expect(rejected == ["4 parent", "3 sibling", "7 favourite", "5 parent"])
    #expect(report.rows.inserted == 1 && report.rows.rejected == 4)
    #expect(try database.check().findings.isEmpty)
    #expect(try LoadedDump.rows(database, "parent") == [#"{"id":12,"favourite":null}"#])
  }

  @Test("nothing of a refused dump stays, and the file goes on")
  func atomic() throws {
    let schema = DatabaseSchema([TableSchema("old", columns: [ColumnSchema("id", .int)])])
    let database = try Database.inMemory(schema: schema)
    #expect(throws: DatabaseError.self) {
      try LoadedDump.load(
        "create table t (a int primary key); insert into t values (1),(1);", into: database)
    }
    #expect(database.schema == schema)
    let good = """
      create table t (a int primary key references old);
      create table old (id bigint not null primary key);
      insert into t values (5); insert into old values (5);
      """
    #expect(try LoadedDump.load(good, into: database).report.tables == 1)
    #expect(database.schema.tables.map(\.name) == ["old", "t"])
    #expect(try LoadedDump.rows(database, "t") == [#"{"a":5}"#])
    #expect(throws: DatabaseError.self) {
      try database.write { tx in try tx.delete(from: "old", key: [.int(5)]) }
    }
  }

  @Test("tables that are there take rows, if they are declared alike")
  func existing() throws {
    let dump = "create table t (a int primary key, b text not null); insert into t values (1,'x');"
    let (database, _) = try LoadedDump.load(dump)
    #expect(throws: DatabaseError.self) { try LoadedDump.load(dump, into: database) }
    let more = dump.replacing("(1,'x')", with: "(1,'y'),(2,'z')")
    #expect(try LoadedDump.load(more, into: database, .skip).report.rows.skipped == 1)
    #expect(try LoadedDump.load(more, into: database, .replace).report.rows.replaced == 2)
    #expect(try LoadedDump.rows(database, "t") == [#"{"a":1,"b":"y"}"#, #"{"a":2,"b":"z"}"#])
    let other = "create table t (a int primary key); insert into t values (3);"
    #expect(throws: DatabaseError.self) { try LoadedDump.load(other, into: database) }
    #expect(try LoadedDump.rows(database, "t").count == 2)
  }

  @Test("sequences go on where they were")
  func sequences() throws {
    let sqlite = """
      create table t (id integer primary key autoincrement, a text); insert into t values (3, 'x');
      delete from sqlite_sequence; insert into sqlite_sequence values ('t', 41);
      """
    let postgres = """
      create table public.t (id integer not null, a text);
      create sequence public.t_id_seq as integer start with 1;
      alter sequence public.t_id_seq owned by public.t.id;
      alter table only public.t alter column id set default nextval('public.t_id_seq'::regclass);
      insert into public.t values (3, 'x');
      select pg_catalog.setval('public.t_id_seq', 41, true);
      alter table only public.t add constraint t_pkey primary key (id);
      """
    for sql in [sqlite, postgres] {
      let (database, _) = try LoadedDump.load(sql)
      let key = try database.write { tx in try tx.insert(into: "t", ["a": .text("y")]) }
      #expect(key == [.int(42)])
    }
  }

  @Test("virtual tables and their shadows are left out")
  func virtualTables() throws {
    let sql = """
      PRAGMA writable_schema=ON;
      INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)
        VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(a)');
      CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);
      INSERT INTO f_data VALUES(1,X'00');
      CREATE TABLE IF NOT EXISTS 'f_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
      CREATE TABLE t (id integer primary key);
      INSERT INTO sqlite_stat1 VALUES('t',NULL,'1');
      INSERT INTO t VALUES(1);
      """
    let (database, report) = try LoadedDump.load(sql)
    #expect(database.schema.tables.map(\.name) == ["t"])
    #expect(report.rows.read == 1)
  }

  private static let seeds = [
    family,
    """
    PRAGMA foreign_keys=OFF; BEGIN;
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, "a b" VARCHAR(5) UNIQUE DEFAULT 'x',
      c REAL CHECK (c BETWEEN -1.5 AND 2e3 AND "a b" LIKE 'x%' ESCAPE '\\'), d BOOLEAN DEFAULT 1
      CHECK (d IN (0, 1)), e BLOB DEFAULT X'00', f DATETIME DEFAULT CURRENT_TIMESTAMP, g,
      FOREIGN KEY (id) REFERENCES t ON DELETE CASCADE, CONSTRAINT k UNIQUE (c, d));
    INSERT INTO t VALUES (1, replace('a\\n', '\\n', char(10)), 1.5, 0, X'0102', NULL, 'x');
    CREATE INDEX i ON t (c DESC, d) WHERE c IS NOT NULL AND d = ANY (ARRAY[true, 'f'::bool]);
    DELETE FROM sqlite_sequence; INSERT INTO sqlite_sequence VALUES ('t', 5); COMMIT;
    """,
    #"""
    -- carefs schema {"tables": [{"name": "t", "columns": [{"name": "id", "type": "int"}], "primaryKey": ["id"]}]}
    CREATE TABLE t (id BIGINT NOT NULL, PRIMARY KEY (id));
    INSERT INTO t VALUES (1), (2);
    """#,
  ]

  @Test("changed dumps are loaded or refused", arguments: seeds)
  func noise(_ seed: String) {
    var random = SystemRandomNumberGenerator()
    let words = seed.split(separator: " ", omittingEmptySubsequences: false)
    for round in 0..<300 {
      var bytes = Array(seed.utf8)
      if round.isMultiple(of: 2) {
        var changed = words
        let place = Int.random(in: 0..<changed.count, using: &random)
        changed[place] = words.randomElement(using: &random) ?? ""
        if Bool.random(using: &random) { changed.remove(at: place) }
        bytes = Array(changed.joined(separator: " ").utf8)
      } else {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] = bytes.randomElement(using: &random) ?? 0
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        let (database, _) = try LoadedDump.load(text)
        #expect(try database.check().findings.isEmpty, "\(text)")
      } catch {
        #expect(error is FormatError || error is DatabaseError, "\(error): \(text)")
      }
    }
  }
}
