import CareFS
import Foundation
import Testing

#if os(Linux)
  /// Who may read what the engine writes.
  @Suite(.timeLimit(.minutes(5))) struct ModeTests {
    /// Page file, log, spill file, and the new file and log of compact.
    @Test(arguments: ["0", "022", "0777"])
    func everyFileIsForItsOwnerAlone(mask: String) throws {
      let bench = try Bench()
      let run = try Program.run(Program.probe, ["probe", "modes", bench.path, "--mask", mask])
      #expect(run.status == 0, "\(run.output)")
      var seen: Set<String> = []
      for line in run.lines {
        let parts = line.split(separator: " ").map(String.init)
        guard parts.count == 3 else {
          Issue.record("not a line of modes: \(line)")
          continue
        }
        seen.insert("\(parts[0]) \(parts[1])")
        #expect(parts[2] == "600", "\(line)")
      }
      for name in [
        "created clinic.carefs", "created clinic.carefs-wal", "spilling unlinked",
        "written clinic.carefs-wal", "closed clinic.carefs", "compacting clinic.carefs-compact",
        "compacting clinic.carefs-compact-wal", "compacted clinic.carefs",
      ] { #expect(seen.contains(name), "\(name) was not there: \(seen.sorted())") }
    }

    @Test(arguments: ["0", "022", "0777"])
    func theCommandLineKeepsExportsForTheirOwner(mask: String) throws {
      let bench = try Bench()
      try bench.fill()
      let script = """
        umask \(mask) && "$0" export "$1" patients --format csv -o "$2/out.csv" \
        && echo '{"id":1}' | "$0" import "$1" patients - --format ndjson --rejects "$2/bad.ndjson"
        """
      _ = try Program.run("/bin/sh", ["-c", script, Program.carefs, bench.path, bench.folder])
      for name in ["out.csv", "bad.ndjson"] {
        let attributes = try FileManager.default.attributesOfItem(
          atPath: bench.folder + "/" + name)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
      }
    }

    /// A spill file has no name that somebody could have taken before.
    @Test func nothingIsLeftOfASpill() throws {
      let bench = try Bench()
      let db = try bench.create()
      try db.write { tx in
        for id in 0..<4_000 as Range<Int64> {
          try tx.insert(
            into: "patients",
            [
              "id": .int(id), "email": .text("\(id)"),
              "name": .text(String(repeating: "n", count: 800)),
            ])
        }
        #expect(bench.names == ["clinic.carefs", "clinic.carefs-wal"])
      }
      try db.close()
      #expect(bench.names == ["clinic.carefs"])
    }
  }

  /// Descriptors of the database.
  @Suite(.timeLimit(.minutes(5))) struct DescriptorTests {
    /// A process that is started without standard streams.
    @Test func standardStreamsAreNeverTheDatabase() throws {
      let bench = try Bench()
      let report = bench.folder + "/report"
      let script = #"exec "$0" probe streams "$1" "$2" <&- >&- 2>&-"#
      let run = try Program.run("/bin/sh", ["-c", script, Program.probe, bench.path, report])
      #expect(run.status == 0)
      let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
      let files = lines.filter { $0.contains("cloexec") }
      #expect(files.count >= 2, "\(lines)")
      for line in files {
        #expect((Int(line.split(separator: " ")[0]) ?? 0) > 2, "\(line)")
        #expect(line.contains("cloexec true"), "\(line)")
      }
      #expect(bench.bytes(bench.path)?.isEmpty == false)
      let db = try Database.open(path: bench.path, options: Bench.options())
      #expect(try db.check().isSound)
      try db.close()
    }
  }
#endif
