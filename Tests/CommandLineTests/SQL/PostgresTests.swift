import Foundation
import Testing

/// A PostgreSQL server of the test's own, reached through a socket in a folder.
private final class PostgresServer {
  let folder: URL
  private let server = Process()

  /// Starts a server; nil, with a printed reason, where none can be.
  init?(_ psql: Tool) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cf-pg-\(UUID().uuidString.prefix(8))")
    guard let initdb = Tool("initdb"), let postgres = Tool("postgres") else { return nil }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let data = folder.appendingPathComponent("data").path
    var words = [postgres.url.path, "-D", data, "-k", folder.path, "-h", "", "-F"]
    var making = [initdb.url.path, "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
    if getuid() == 0 {
      // The server refuses to run as root.
      guard let runuser = Tool("runuser"),
        try Tool("chown")?.run(["postgres", folder.path], in: folder).exit == 0
      else {
        print("skipped: PostgreSQL refuses to run as root, and there is no user postgres")
        return nil
      }
      words = [runuser.url.path, "-u", "postgres", "--"] + words
      making = [runuser.url.path, "-u", "postgres", "--"] + making
    }
    let made = try Tool("env")?.run(making, in: folder)
    guard made?.exit == 0 else {
      print("skipped: PostgreSQL makes no database here: \(made?.err ?? "")")
      return nil
    }
    server.executableURL = URL(fileURLWithPath: words[0])
    server.arguments = Array(words.dropFirst())
    server.currentDirectoryURL = folder
    let log = folder.appendingPathComponent("log")
    try Data().write(to: log)
    server.standardInput = FileHandle.nullDevice
    server.standardOutput = try FileHandle(forWritingTo: log)
    server.standardError = try FileHandle(forWritingTo: log)
    try server.run()
    for _ in 0..<200 {
      let asked = try psql.run(["-h", folder.path, "-U", "postgres", "-c", "select 1"], in: folder)
      if asked.exit == 0 { return }
      guard server.isRunning else { break }
      usleep(50_000)
    }
    print("skipped: PostgreSQL does not start here")
    return nil
  }

  deinit {
    if server.isRunning {
      server.terminate()
      server.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
  }
}

@Suite("SQL and PostgreSQL", .timeLimit(.minutes(5))) struct PostgresTests {
  @Test("the same dump is loaded by psql, and what pg_dump writes comes back")
  func roundTrip() throws {
    guard let psql = Tool("psql"), let pgDump = Tool("pg_dump"),
      let server = try PostgresServer(psql)
    else { return }
    let shell = try Shell()
    let rich = try shell.richDatabase()
    try shell.succeed("export", rich, "--format", "sql", "-o", shell.path("d.sql"))
    let access = ["-h", server.folder.path, "-U", "postgres"]
    let loaded = try psql.run(
      access + ["-q", "-v", "ON_ERROR_STOP=1", "-f", shell.path("d.sql")], in: shell.folder)
    #expect(loaded.exit == 0 && loaded.err.isEmpty, "\(loaded.err)")
    let options: [[String]] = [["--inserts"], ["--column-inserts", "--rows-per-insert=3"]]
    for (place, option) in options.enumerated() {
      let dump = try pgDump.run(access + option, in: shell.folder)
      #expect(dump.exit == 0, "\(dump.err)")
      let copy = shell.path("copy\(place).carefs")
      let file = shell.folder.appendingPathComponent("p\(place).sql")
      try dump.out.write(to: file)
      try shell.succeed("import", copy, "--format", "sql", file.path)
      try shell.succeed("check", copy)
      for table in ["people", "a ward"] {
        let rows = try [rich, copy].map {
          try shell.succeed("export", $0, table, "--format", "ndjson")
        }
        #expect(rows[0] == rows[1])
      }
      #expect(
        try shell.succeed(
          "insert", copy, "people",
          #"""
          {"name":"new","seen":"2026-01-01","key":"00000000-0000-0000-0000-000000000001"}
          """#) == "{\"id\":6}\n")
      try shell.fail(1, "insert", copy, "people", #"{"name":"x","mail":"none"}"#)
    }
    let copied = try pgDump.run(access, in: shell.folder)
    try copied.out.write(to: shell.folder.appendingPathComponent("copy.sql"))
    let message = try shell.fail(1, "import", shell.path("x.carefs"), shell.path("copy.sql"))
    #expect(message.contains("--inserts"))
  }
}
