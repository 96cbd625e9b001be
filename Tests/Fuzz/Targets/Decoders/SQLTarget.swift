import CareFS

extension FuzzTarget {
  /// An SQL dump: how it arrives changes nothing, and loading it leaves a sound file, with all of it
  /// or nothing.
  static let sql = FuzzTarget(
    "sql", share: 16, maximumLength: 2048, shape: .text(words: sqlWords), seeds: { sqlSeeds },
    { input in
      let bytes = [UInt8](input)
      let database = try FuzzFinding.always {
        try Database.create(
          path: FuzzDatabase.path, schema: DatabaseSchema([]),
          options: FuzzDatabase.options(FuzzFiles()))
      }
      do {
        _ = try database.importSQL(from: { MemorySource(bytes) })
      } catch  where KnownErrors.contains(error) {
        try FuzzFinding.unless(
          database.schema.tables.isEmpty, "a dump that is refused leaves tables")
      }
      try FuzzFinding.unless(try FuzzDatabase.isSound(database), "a dump leaves an unsound file")
      try database.close()
      try sameInPieces(bytes) { source in
        let dump = try SQLDumpReader(source)
        var seen: [String] = []
        while let item = try dump.next() { seen.append("\(dump.line) \(item) \(dump.valueCount)") }
        return seen
      }
    })

  private static let sqlWords = [
    "create table ", "insert into ", " values ", "primary key", " not null", " unique", " default ",
    "references ", " on delete cascade", "check (", "create index ", "alter table ",
    " add constraint ",
    "foreign key (", "begin;", "commit;", "pragma foreign_keys=off;", "create view ", "integer",
    "text", "blob", "numeric(10,2)", "timestamp with time zone", "jsonb", "uuid", "x'00ff'",
    "'\\x00ff'", "::bytea", "E'\\n'", "null", "'it''s'", "\"a b\"", "`a`", "[a]", "--", "/*", "*/",
    "$$", "(", ")", ",", ";", "'", "1e999", "-9223372036854775809", "generated always as identity",
    "autoincrement", "without rowid", "public.", "nextval('a'::regclass)", "create trigger ",
  ]

  private static let sqlSeeds: [[UInt8]] = [
    "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE a(id INTEGER PRIMARY KEY, t TEXT NOT "
      + "NULL, b BLOB);\nINSERT INTO a VALUES(1,'x',X'00ff');\nINSERT INTO a VALUES(2,'it''s',NULL);\n"
      + "CREATE INDEX ai ON a(t DESC);\nCOMMIT;\n",
    "CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT);\nCREATE TABLE c(id INTEGER PRIMARY KEY, "
      + "p INTEGER REFERENCES p(id) ON DELETE CASCADE, UNIQUE(p));\nINSERT INTO c VALUES(1,1);\n"
      + "INSERT INTO p VALUES(1);\n",
    "SET client_encoding = 'UTF8';\nCREATE TABLE public.a (\n    id integer NOT NULL,\n    n "
      + "numeric(10,2) DEFAULT 0.5,\n    at timestamp with time zone DEFAULT now(),\n    j jsonb,\n"
      + "    b bytea\n);\nINSERT INTO public.a VALUES (1, 2.50, '2026-01-31 13:05:00+00', "
      + "'{\"a\":1}', '\\x00ff');\nALTER TABLE ONLY public.a\n    ADD CONSTRAINT a_pkey PRIMARY KEY "
      + "(id);\nCREATE INDEX a_n ON public.a USING btree (n);\n",
    "CREATE TABLE a(id INT PRIMARY KEY, CHECK (id > 0 AND id < 10));\nINSERT INTO a(id) VALUES(3),(4);",
    "CREATE TABLE \"a b\"(`x` REAL, [y] TEXT DEFAULT 'z', PRIMARY KEY(x,y)) WITHOUT ROWID;\n",
    "CREATE VIEW v AS SELECT 1;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;\n",
    "-- a comment\n/* and\nanother */ INSERT INTO missing VALUES(1);",
    "INSERT INTO a VALUES(1,'open",
    "CREATE TABLE a(", ";;;", "DROP TABLE a;",
    "CREATE TABLE a(id uuid PRIMARY KEY, d date, t time);\n"
      + "INSERT INTO a VALUES('123e4567-e89b-12d3-a456-426614174000','2026-01-31','13:05:00');",
  ].map { Array($0.utf8) }
}
