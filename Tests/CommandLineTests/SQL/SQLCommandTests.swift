import Foundation
import Testing

@Suite("import and export --format sql") struct SQLCommandTests {
  private static let dump = """
    CREATE TABLE parents (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE children (id INTEGER NOT NULL PRIMARY KEY, parent INT REFERENCES parents);
    INSERT INTO children VALUES (1, 1), (2, 2),
      (3, 9), (4, 'x');
    INSERT INTO parents VALUES (1, 'a'), (2, 'b'), (3, 'a');

    """

  private func leftovers(_ shell: Shell) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: shell.folder.path).filter {
      $0.contains(".part-") || $0.contains(".dump-") || $0.contains("-wal")
    }
  }

  @Test("a dump that is refused leaves no file behind; with --rejects the good rows are kept")
  func refused() throws {
    let shell = try Shell()
    let dump = try shell.file("d.sql", Self.dump)
    let new = shell.path("new.carefs")
    #expect(try shell.fail(1, "import", new, dump).contains("d.sql, line 4: children.parent"))
    #expect(!FileManager.default.fileExists(atPath: new))
    let run = try shell.run("import", new, dump, "--rejects", shell.path("r"), "--json")
    #expect(run.exit == 1)
    #expect(run.out.hasPrefix(#"{"tables":2,"read":7,"inserted":4,"#), "\(run.out)")
    let lines = try shell.read("r")
    #expect(lines.count == 3, "\(lines)")
    #expect(lines.contains { $0.contains(#""line":5,"column":"name""#) })
    #expect(lines.contains { $0.hasPrefix(#"{"line":4,"column":"parent","reason":"#) })
    #expect(try shell.succeed("count", new, "children") == "2\n")
    try shell.succeed("check", new)
    #expect(try leftovers(shell).isEmpty)
  }

  @Test("standard input, gzip, and a file that has tables already")
  func sources() throws {
    let shell = try Shell()
    let good = Self.dump.replacing(",\n  (3, 9), (4, 'x')", with: "").replacing(
      ", (3, 'a')", with: "")
    let clinic = try shell.filledClinic()
    try shell.succeed("import", clinic, "--format", "sql", "-", input: good)
    #expect(try shell.succeed("count", clinic, "children") == "2\n")
    #expect(try shell.succeed("count", clinic, "patients") == "3\n")
    try shell.fail(1, "import", clinic, "--format", "sql", "-", input: good)
    try shell.succeed(
      "import", clinic, "-", "--format", "sql", "--on-conflict", "skip", input: good)
    let other = good.replacing("name TEXT NOT NULL UNIQUE", with: "name TEXT")
    #expect(
      try shell.fail(1, "import", clinic, "--format", "sql", "-", input: other).contains("parents"))
    let sql = try shell.file("d.sql", good)
    guard let gzip = Tool("gzip") else { return }
    try gzip.run(["-c", sql], in: shell.folder).out.write(
      to: shell.folder.appendingPathComponent("d.sql.gz"))
    try shell.succeed("import", shell.path("z.carefs"), shell.path("d.sql.gz"))
    #expect(try shell.succeed("count", shell.path("z.carefs"), "parents") == "2\n")
    #expect(try leftovers(shell).isEmpty)
  }

  @Test("wrong usage exits with 2, missing files with 3, dumps that are none with 1")
  func usage() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let dump = try shell.file("d.sql", Self.dump)
    try shell.fail(2, "import", clinic, "patients", dump)
    try shell.fail(2, "import", clinic, "--format", "sql")
    for option in [["--batch", "5"], ["--null", "x"], ["--map", "a=b"], ["--json-column", "x"]] {
      #expect(try shell.run(["import", clinic, dump] + option).exit == 2)
    }
    try shell.fail(3, "import", clinic, shell.path("missing.sql"))
    try shell.fail(3, "import", shell.path("no/such/folder.carefs"), dump)
    for text in ["SELECT", "CREATE TABLE t (a", "hello;", "BEGIN;", "INSERT INTO t VALUES ('"] {
      let new = shell.path("bad.carefs")
      let message = try shell.fail(1, "import", new, "--format", "sql", "-", input: text)
      #expect(message.contains("standard input, line 1: "), "\(message)")
      #expect(!FileManager.default.fileExists(atPath: new))
    }
    #expect(try leftovers(shell).isEmpty)
    #expect(try shell.succeed("schema", clinic, "--format", "json").contains("scores"))
  }

  @Test("a dump of some tables leaves references to others out; a filter is about rows")
  func parts() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let dump = try shell.succeed(
      "export", clinic, "visits", "--format", "sql", "--where", "patient_id = 1")
    #expect(!dump.contains("patients"))
    let copy = shell.path("copy.carefs")
    try shell.succeed("import", copy, "--format", "sql", "-", input: dump)
    #expect(try shell.succeed("count", copy, "visits") == "2\n")
    try shell.succeed("check", copy)
    try shell.expectDumpRoundTrip(clinic)
  }
}
