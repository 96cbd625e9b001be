import Foundation
import Testing

@Suite("export") struct ExportTests {
  @Test("what is exported comes back the same", arguments: ["csv", "json", "ndjson"])
  func roundTrip(_ format: String) throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let copy = try shell.clinic("b.carefs")
    for table in ["patients", "visits", "scores"] {
      let text = try shell.succeed("export", clinic, table, "--format", format)
      try shell.succeed("import", copy, table, "-", "--format", format, input: text)
      #expect(try shell.succeed("export", copy, table, "--format", format) == text)
    }
    #expect(
      try shell.succeed("export", copy, "--format", "json")
        == (try shell.succeed("export", clinic, "--format", "json")))
  }

  @Test("several tables go to a folder, or as one JSON object")
  func several() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let object = try shell.succeed("export", clinic, "--format", "json")
    #expect(object.hasPrefix("{\"patients\":"))
    try shell.succeed("export", clinic, "--format", "csv", "-o", shell.path("out"))
    #expect(try shell.read("out/visits.csv").count == 4)
    #expect(try shell.read("out/patients.csv")[0] == "id,full_name,email,status,born,note")
    try shell.fail(2, "export", clinic, "--format", "csv")
    try shell.succeed("export", clinic, "scores", "--format", "json", "-o", shell.path("one") + "/")
    #expect(try shell.read("one/scores.json") == ["[]"])
  }

  @Test("a filter, and a file as output")
  func filtered() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    try shell.succeed(
      "export", clinic, "visits", "--format", "ndjson", "--where", "number > 0", "-o",
      shell.path("v.ndjson"))
    #expect(
      try shell.read("v.ndjson") == [
        #"{"patient_id":1,"number":2,"parent":-1}"#, #"{"patient_id":2,"number":3,"parent":null}"#,
      ])
    let message = try shell.fail(
      3, "export", clinic, "visits", "--format", "csv", "-o", shell.path("no/where"))
    #expect(message.contains("no/where:"), "a temporary name is shown: \(message)")
  }
}
