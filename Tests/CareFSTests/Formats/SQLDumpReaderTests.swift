import Testing

@testable import CareFS

@Suite("SQL dump reader") struct SQLDumpReaderTests {
  /// The pieces of a dump as text, the values of rows with their kinds.
  static func pieces(_ bytes: [UInt8], step: Int = .max) throws -> [String] {
    let reader = try SQLDumpReader(MemorySource(bytes, step: step))
    var out: [String] = []
    while let item = try reader.next() {
      switch item {
      case .definition: out.append("\(reader.line) definition")
      case .skipped(let kind, let name): out.append("\(reader.line) \(kind) \(name)")
      case .row(let table):
        let values = reader.cells.map { "\($0.kind):\(RawBytes.string(reader.bytes($0)))" }
        out.append("\(reader.line) \(table) \(values.joined(separator: " "))")
      }
    }
    return out
  }

  static func pieces(_ text: String, step: Int = .max) throws -> [String] {
    try pieces(Array(text.utf8), step: step)
  }

  private static func value(_ text: String) throws -> String {
    try #require(try pieces("insert into t values (\(text));").first)
  }

  @Test(
    "values",
    arguments: [
      ("NULL", "null:"), ("1", "integer:1"), ("-5", "integer:-5"), ("+5", "integer:5"),
      ("- 5", "integer:-5"), (".5", "real:0.5"), ("5.", "real:5.0"), ("-1.5e-3", "real:-1.5e-3"),
      ("1E+5", "real:1E+5"), ("'a''b'", "text:a'b"), ("''", "text:"), ("''''", "text:'"),
      ("E'a\\n\\\\\\''", "text:a\n\\'"), ("e'it''s'", "text:it's"), ("X'6162'", "blob:ab"),
      ("x''", "blob:"), ("TRUE", "yes:"), ("false", "no:"), ("DEFAULT", "missing:"),
      ("replace('a\\nb\\n','\\n',char(10))", "text:a\nb\n"),
      ("replace(replace('a\\r\\n','\\n',char(10)),'\\r',char(13))", "text:a\r\n"),
      ("replace('aaab','aab','x')", "text:ax"), ("char(65,0x,66)", ""), ("char(233)", "text:é"),
      ("unistr('a\\u000ab\\\\c\\u00e9')", "text:a\nb\\cé"),
      ("unistr('\\ud83d\\ude00\\+01f600\\U0001F600')", "text:😀😀😀"), ("unistr('\\u00')", ""),
      ("'a'||char(13)||'b'||'c'", "text:a\rbc"), ("char(65)||char(66)", "text:AB"),
      ("CAST(X'610062' AS TEXT)", "text:a\0b"), ("'a'::text", "text:a"),
      ("'2020-01-01'::timestamp (3) with time zone", "text:2020-01-01"),
      ("5::numeric(10,2)", "integer:5"),
      ("$$it's$$", "text:it's"), ("$x$a$$b$x$", "text:a$$b"), ("/* c */ 1 -- d\n", "integer:1"),
      ("foo(1)", ""), ("1 2", ""), ("1+2", ""), ("x'0'", ""), ("x'0g'", ""), ("char(55296)", ""),
      ("replace('a','a','bb')", ""), ("replace('a','','')", ""), ("cast(1 as int)", ""), ("", ""),
      ("0x10", ""), ("E'\\q'", ""), ("current_timestamp", ""), ("1e999", "real:1e999"),
    ])
  func values(_ sql: String, _ wanted: String) throws {
    if wanted.isEmpty {
      #expect(throws: FormatError.self, "\(sql)") { try Self.value(sql) }
    } else {
      #expect(try Self.value(sql) == "1 t \(wanted)")
    }
  }

  static let sample = """
    -- a comment; with a mark
    PRAGMA foreign_keys=OFF;
    BEGIN TRANSACTION;
    CREATE TABLE IF NOT EXISTS "a ""b"" c" (x INTEGER, [y z] TEXT DEFAULT ';', `w` /* ; */ BLOB);
    INSERT INTO "a ""b"" c" VALUES(1,'two
    lines; and ''quotes''',X'00ff');
    INSERT INTO t(a,b) VALUES (1,NULL), -- one
      (2.5,'Č');
    CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE t SET a=';'; END;
    CREATE VIEW v AS SELECT ';' FROM t;
    CREATE FUNCTION f() RETURNS trigger AS $f$ BEGIN; RETURN NEW; END; $f$ LANGUAGE plpgsql;
    \\restrict abc;def
    CREATE INDEX i ON t(a DESC) WHERE b IS NOT NULL;
    COMMIT;

    """

  static let sampled = [
    "4 definition", "5 a \"b\" c integer:1 text:two\nlines; and 'quotes' blob:\u{0}\u{FFFD}",
    "7 t integer:1 null:", "8 t real:2.5 text:Č", "9 trigger tr", "10 view v", "11 function f",
    "13 definition",
  ]

  @Test("statements, comments and what is passed over", arguments: [Int.max, 1, 3, 7])
  func statements(step: Int) throws {
    #expect(try Self.pieces(Self.sample, step: step) == Self.sampled)
  }

  @Test("a dump that is cut short anywhere is an error, but never more")
  func cut() {
    let bytes = Array(Self.sample.utf8)
    let whole = bytes.count - 2
    for length in 70..<whole {
      let error = #expect(throws: FormatError.self, "cut at \(length)") {
        try Self.pieces(Array(bytes[..<length]))
      }
      #expect(error?.line != nil)
    }
  }

  @Test("changed bytes are read or refused")
  func noise() {
    var random = SystemRandomNumberGenerator()
    let bytes = Array(Self.sample.utf8)
    for _ in 0..<2_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
        case 1: changed.remove(at: place)
        default:
          changed.insert(changed[Int.random(in: 0..<changed.count, using: &random)], at: place)
        }
      }
      do { _ = try Self.pieces(changed) } catch {
        #expect(error is FormatError, "\(error) for \(String(decoding: changed, as: UTF8.self))")
      }
    }
  }

  @Test(
    "errors name the line",
    arguments: [
      ("\n\ninsert into t values ('a", 3, "no end"), ("\n\"abc", 2, "no end"),
      ("/* \n", 1, "comment"), ("\ncreate table t (a int", 2, "no end"),
      ("insert into t values (1,\n2", 1, "no end"), ("begin;\n", 2, "COMMIT"),
      ("\nROLLBACK; -- due to errors\n", 2, "ROLLBACK"), ("\nCOPY t FROM stdin;", 2, "pg_dump"),
      ("update t set a = 1;", 1, "UPDATE"), ("\n\u{1}", 2, "no SQL"),
      ("insert into t select 1;", 1, "VALUES"), ("delete from t;", 1, "deletes"),
      ("create table t as select 1;", 1, "query"),
      ("create table t (a int, b int as (a));", 1, "generated"),
      ("create table t (\na int generated always as (1) stored);", 2, "generated"),
      ("create table t (a int) insert into x", 1, "no end"),
      ("insert into t values (1) returning a;", 1, "not understood"),
    ])
  func lines(_ sql: String, _ line: Int, _ reason: String) {
    let error = #expect(throws: FormatError.self) {
      try Self.pieces(sql.replacing("UPDATE", with: "update"))
    }
    #expect(error?.line == line, "\(sql): \(String(describing: error))")
    #expect(
      error?.reason.lowercased().contains(reason.lowercased()) == true,
      "\(String(describing: error))")
  }

  @Test("names and statements that are not UTF-8 are refused")
  func invalidText() {
    for sql in ["create table t\u{1}(a int);", "insert into t\u{1} values (1);"] {
      let bytes = sql.utf8.map { $0 == 1 ? 0xFF : $0 }
      #expect(throws: FormatError.self) { try Self.pieces(bytes) }
    }
  }

  @Test("nesting is bounded")
  func nesting() {
    let deep = String(repeating: "replace(", count: 100_000)
    #expect(throws: FormatError.self) { try Self.value(deep) }
    let parentheses = String(repeating: "(", count: 100_000)
    for sql in [
      "create table t (a int check \(parentheses)", "insert into t values (\(parentheses)",
    ] {
      #expect(throws: FormatError.self) { try Self.pieces(sql) }
    }
  }

  /// A source that repeats a text between a start and an end.
  private final class Repeated: ByteSource {
    private var parts: [(text: [UInt8], count: Int)]
    private var place = 0
    private(set) var given = 0

    init(_ parts: [(String, Int)]) { self.parts = parts.map { (Array($0.0.utf8), $0.1) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      while let first = parts.first, first.count == 0 { parts.removeFirst() }
      guard let part = parts.first else { return 0 }
      let count = min(buffer.count, part.text.count - place)
      buffer.copyBytes(from: part.text[place..<place + count])
      place += count
      if place == part.text.count {
        place = 0
        parts[0].count -= 1
      }
      given += count
      return count
    }
  }

  @Test("one insert of many rows is read row by row")
  func longInsert() throws {
    let row = "(1,'" + String(repeating: "x", count: 4000) + "'),"
    let source = Repeated([("insert into t values ", 1), (row, 2500), ("(2,'y');", 1)])
    let reader = try SQLDumpReader(source)
    var rows = 0
    var most = 0
    while try reader.next() != nil {
      rows += 1
      most = max(most, reader.lexer.input.count)
    }
    #expect(rows == 2501)
    #expect(source.given > 10_000_000)
    #expect(most < 1 << 18)
  }

  @Test("a statement of 100 MB is refused early, comments and what is passed over take no memory")
  func longStatement() throws {
    let piece = "a int, " + String(repeating: " ", count: 100_000)
    let columns = Repeated([("create table t (", 1), (piece, 1000), ("b int);", 1)])
    let reader = try SQLDumpReader(columns)
    let error = #expect(throws: FormatError.self) { try reader.next() }
    #expect(error?.reason.contains("longer than") == true)
    #expect(columns.given < 4 << 20)
    let line = String(repeating: "-", count: 100_000) + "\n"
    let comments = Repeated([
      (line, 30), ("create view v as select 1", 1), (" + 1", 200_000), (";", 1),
    ])
    let passing = try SQLDumpReader(comments)
    #expect(try passing.next() == .skipped(kind: "view", name: "v"))
    #expect(try passing.next() == nil)
    #expect(passing.lexer.input.count < 1 << 18)
  }
}
