import Testing

@Suite("Reading and writing rows") struct RowCommandTests {
  @Test("get, list and count")
  func read() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    #expect(
      try shell.succeed("get", clinic, "patients", "2")
        == #"{"id":2,"full_name":"Ben","email":"ben@x","status":0,"born":null,"#
        + #""note":{"k": [1,  2]}}"# + "\n")
    #expect(try shell.succeed("get", clinic, "visits", "-1").contains(#""number":-1"#))
    #expect(try shell.fail(1, "get", clinic, "patients", "9").contains("patients"))
    #expect(try shell.fail(1, "get", clinic, "patients", "nine").contains("patients.id"))
    #expect(try shell.succeed("count", clinic, "patients") == "3\n")
    #expect(try shell.succeed("count", clinic, "visits", "--where", "number < 0") == "1\n")
    #expect(try shell.succeed("count", clinic, "visits", "--where", "-1 = number") == "1\n")
    let list = try shell.succeed(
      "list", clinic, "visits", "--order", "-number", "--columns", "number,patient_id",
      "--limit", "2", "--format", "csv")
    #expect(list == "number,patient_id\n3,2\n2,1\n")
    let table = try shell.succeed("list", clinic, "patients", "--columns", "id,full_name")
    #expect(table.contains("Čeněk, \"Č\""))
    #expect(!table.contains("\u{1B}"))
    let ndjson = try shell.succeed("list", clinic, "visits", "--format", "ndjson")
    #expect(ndjson.split(separator: "\n").count == 3)
  }

  @Test("unknown tables, columns and broken expressions are refused with a message")
  func unknown() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    #expect(try shell.fail(1, "list", clinic, "nowhere").contains("nowhere"))
    #expect(try shell.fail(1, "list", clinic, "patients", "--where", "shoe = 1").contains("shoe"))
    try shell.fail(1, "count", clinic, "patients", "--where", "id = = 1")
    try shell.fail(1, "list", clinic, "patients", "--columns", "id,shoe")
    try shell.fail(1, "list", clinic, "patients", "--order", "-shoe")
    try shell.fail(1, "insert", clinic, "patients", "{\"shoe\":")
    try shell.fail(1, "insert", clinic, "patients", "[]")
  }

  @Test("insert, upsert, update and delete")
  func write() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let key = try shell.succeed(
      "insert", clinic, "patients", #"{"full_name":"Dan","email":"dan@x"}"#)
    #expect(key == "{\"id\":4}\n")
    #expect(
      try shell.fail(1, "insert", clinic, "patients", #"{"full_name":"E","email":"dan@x"}"#)
        .contains("patients.email"))
    #expect(
      try shell.succeed("upsert", clinic, "patients", #"{"id":4,"full_name":"D","email":"d@x"}"#)
        == "updated\n")
    try shell.succeed("update", clinic, "patients", "4", #"{"status":2}"#)
    #expect(try shell.succeed("get", clinic, "patients", "4").contains(#""status":2"#))
    #expect(
      try shell.fail(1, "update", clinic, "patients", "4", #"{"status":3}"#).contains("status"))
    try shell.fail(1, "update", clinic, "patients", "44", #"{"status":1}"#)
    let dry = try shell.succeed("delete", clinic, "patients", "1", "--dry-run")
    #expect(dry.contains("visits: 2 would be deleted"))
    #expect(try shell.succeed("count", clinic, "visits") == "3\n")
    let counts = try shell.succeed("delete", clinic, "patients", "1", "--json")
    #expect(counts == "{\"deleted\":{\"patients\":1,\"visits\":2},\"changed\":{},\"total\":3}\n")
    #expect(try shell.succeed("count", clinic, "visits") == "1\n")
    try shell.fail(1, "delete", clinic, "patients", "1")
    #expect(
      try shell.succeed("delete", clinic, "patients", "--where", "status = 2").contains("total: 2"))
    try shell.fail(2, "delete", clinic, "patients")
    try shell.succeed("check", clinic)
  }

  @Test("composite keys, and keys behind two dashes")
  func keys() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    try shell.succeed("insert", clinic, "scores", #"{"test":"-iq","level":-2,"value":"1.50"}"#)
    let row = "{\"test\":\"-iq\",\"level\":-2,\"value\":\"1.50\"}\n"
    #expect(try shell.succeed("get", clinic, "scores", "--", "-iq", "-2") == row)
    try shell.fail(2, "get", clinic, "scores", "--", "-iq")
    #expect(
      try shell.succeed("update", clinic, "scores", "--", "-iq", "-2", #"{"value":2}"#).isEmpty)
    #expect(try shell.succeed("get", clinic, "scores", "--", "-iq", "-2").contains("\"2\""))
    #expect(try shell.succeed("delete", clinic, "scores", "--", "-iq", "-2").contains("scores: 1"))
  }

  @Test("explain names the index")
  func explain() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let plan = try shell.succeed(
      "explain", clinic, "patients", "--where", #"full_name = "Ada""#, "--order", "-id")
    #expect(plan.lowercased().contains("index"))
  }
}
