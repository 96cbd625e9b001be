import Testing

@Suite("import") struct ImportTests {
  @Test("CSV: header, quotes, nulls, defaults")
  func csv() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let csv = "EMAIL,full_name,Born\r\na@x,\"A \"\"B\"\"\",\r\n\r\nc@x,\"\",2001-02-03\r\n"
    let report = try shell.succeed("import", clinic, "patients", try shell.file("p.csv", csv))
    #expect(report.contains("2"))
    #expect(
      try shell.succeed("export", clinic, "patients", "--format", "csv")
        == "id,full_name,email,status,born,note\n1,\"A \"\"B\"\"\",a@x,0,,\n2,\"\",c@x,0,2001-02-03,\n"
    )
  }

  @Test("without rejects the first bad row refuses everything")
  func atomic() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = """
      {"full_name":"A","email":"a"}
      {"full_name":"B","email":"b","status":7}

      """
    let message = try shell.fail(
      1, "import", clinic, "patients", "-", "--format", "ndjson", input: rows)
    #expect(message.contains("line 2"))
    #expect(message.contains("patients.status"))
    #expect(try shell.succeed("count", clinic, "patients") == "0\n")
  }

  @Test("with rejects the good rows are kept, and each bad one is told with its line")
  func rejects() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = """
      {"full_name":"A","email":"a"}
      {"full_name":"B","email":"a"}
      {"full_name":"C"}
      {"full_name":"D","email":"d","born":"2026-02-30"}
      {"full_name":"E","email":"e","shoe":1}
      nonsense
      {"full_name":"F","email":"f"}

      """
    let out = shell.path("rejects.ndjson")
    let run = try shell.run(
      "import", clinic, "patients", "-", "--format", "ndjson", "--rejects", out, input: rows)
    #expect(run.exit == 1)
    #expect(try shell.succeed("count", clinic, "patients") == "2\n")
    let lines = try shell.read("rejects.ndjson")
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix(#"{"line":2,"column":"email","reason":""#))
    #expect(lines[1].contains(#""line":3,"column":"email""#))
    #expect(lines[2].contains(#""column":"born""#))
    #expect(lines[3].contains("shoe"))
    #expect(lines[4].contains(#""line":6"#))
    try shell.succeed("check", clinic)
  }

  @Test("rows may refer to later rows; a row whose reference was rejected is rejected too")
  func references() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let rows = """
      number,patient_id,parent
      10,1,11
      11,1,
      12,1,13
      13,1,14
      14,1,15
      15,9,
      16,1,12
      17,1,17

      """
    let out = shell.path("r")
    let run = try shell.run(
      "import", clinic, "visits", "-", "--format", "csv", "--rejects", out, input: rows)
    #expect(run.exit == 1, "\(run.err)")
    #expect(try shell.succeed("count", clinic, "visits", "--where", "number >= 10") == "3\n")
    let lines = try shell.read("r")
    #expect(lines.count == 5)
    for line in [4, 5, 6, 7, 8] { #expect(lines.contains { $0.contains("\"line\":\(line),") }) }
    try shell.succeed("check", clinic)
  }

  @Test("without rejects, too, rows may refer to later ones, and an orphan is told by its line")
  func laterRows() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let good = "number,patient_id,parent\n10,1,11\n11,1,12\n12,1,\n"
    try shell.succeed("import", clinic, "visits", "-", "--format", "csv", input: good)
    let bad = "number,patient_id,parent\n20,1,21\n21,1,\n22,1,29\n23,1,28\n"
    let message = try shell.fail(1, "import", clinic, "visits", "-", "--format", "csv", input: bad)
    #expect(message.contains("line 4: visits.parent"))
    #expect(try shell.succeed("count", clinic, "visits") == "6\n")
    try shell.succeed("check", clinic)
  }

  @Test("conflicts: fail, skip and replace")
  func conflicts() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let rows = """
      {"id":1,"full_name":"Ada II","email":"ada2@x"}
      {"id":9,"full_name":"New","email":"ben@x"}

      """
    try shell.fail(1, "import", clinic, "patients", "-", "--format", "ndjson", input: rows)
    let skipped = try shell.succeed(
      "import", clinic, "patients", "-", "--format", "ndjson", "--on-conflict", "skip", "--json",
      input: rows)
    #expect(skipped.contains("\"skipped\":2"))
    let out = shell.path("r")
    let run = try shell.run(
      "import", clinic, "patients", "-", "--format", "ndjson", "--on-conflict", "replace",
      "--rejects", out, "--json", input: rows)
    #expect(run.exit == 1)
    #expect(run.out.contains("\"replaced\":1"))
    #expect(run.out.contains("\"rejected\":1"))
    let ada = try shell.succeed("get", clinic, "patients", "1")
    #expect(ada.contains("Ada II"))
    #expect(ada.contains("1980-02-03"))
    #expect(try shell.succeed("count", clinic, "visits", "--where", "patient_id = 1") == "2\n")
    try shell.succeed("check", clinic)
  }

  @Test("batches are told one by one")
  func batches() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = (1...7).map { "{\"full_name\":\"N\",\"email\":\"\($0)\"}\n" }.joined()
    let out = try shell.succeed(
      "import", clinic, "patients", "-", "--format", "ndjson", "--batch", "3", input: rows)
    #expect(out.hasPrefix("committed 3\ncommitted 6\ncommitted 7\n"))
  }

  @Test("documents as a whole, with columns from their paths")
  func documents() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = """
      {"who": {"name": "A"},  "mail": ["a@x"]}
      {"who": {"name": "B"}, "mail": ["b@x"]}

      """
    try shell.succeed(
      "import", clinic, "patients", "-", "--format", "ndjson", "--json-column", "note", "--map",
      "full_name=who.name,email=mail[0]", input: rows)
    #expect(
      try shell.succeed("get", clinic, "patients", "1")
        == #"{"id":1,"full_name":"A","email":"a@x","status":0,"born":null,"#
        + #""note":{"who": {"name": "A"},  "mail": ["a@x"]}}"# + "\n")
    try shell.succeed(
      "import", clinic, "patients", "-", "--format", "json", "--map", "full_name=name",
      input: #"[{"name":"C","email":"c@x"}, {"name":"D","email":"d@x"}]"#)
    #expect(try shell.succeed("count", clinic, "patients") == "4\n")
  }

  @Test("bad sources are clear errors")
  func bad() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    try shell.fail(3, "import", clinic, "patients", shell.path("missing.csv"))
    try shell.fail(3, "import", clinic, "patients", shell.path("."), "--format", "csv")
    try shell.fail(2, "import", clinic, "patients", "-")
    let few = try shell.file("few.csv", "full_name,email\nA,a\nB\n")
    #expect(try shell.fail(1, "import", clinic, "patients", few).contains("line 3"))
    let unknown = try shell.file("unknown.csv", "full_name,shoe\nA,a\n")
    #expect(try shell.fail(1, "import", clinic, "patients", unknown).contains("shoe"))
    #expect(try shell.succeed("count", clinic, "patients") == "0\n")
  }
}
