import Foundation
import Testing

@Suite("init and schema") struct SchemaCommandTests {
  @Test("the schema is printed as it was given, in each form")
  func forms() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let json = try shell.succeed("schema", clinic, "--format", "json")
    let copy = shell.path("b.carefs")
    try shell.succeed("init", copy, "--schema", try shell.file("again.json", json))
    #expect(try shell.succeed("schema", copy, "--format", "json") == json)
    let text = try shell.succeed("schema", clinic)
    #expect(text.contains("visits\n"))
    #expect(text.contains("reference (parent) to visits, on delete cascade"))
    let dot = try shell.succeed("schema", clinic, "--format", "dot")
    #expect(dot.hasPrefix("digraph"))
    #expect(dot.contains("\"visits\" -> \"patients\""))
  }

  @Test("a new file is its owner's alone, and an existing one is refused")
  func exists() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let attributes = try FileManager.default.attributesOfItem(atPath: clinic)
    let mode = try #require(attributes[.posixPermissions] as? NSNumber)
    #expect(mode.intValue & 0o777 == 0o600)
    let message = try shell.fail(3, "init", clinic, "--model", "hospital")
    #expect(message.contains("\(clinic) is there already"))
    try FileManager.default.createSymbolicLink(
      atPath: shell.path("nowhere"), withDestinationPath: shell.path("missing"))
    try shell.fail(3, "init", shell.path("nowhere"), "--model", "hospital")
  }

  @Test(
    "each model can be made",
    arguments: ["hospital", "conversations", "coaching", "neurology", "analysis", "all"])
  func models(_ model: String) throws {
    let shell = try Shell()
    let file = shell.path("m.carefs")
    try shell.succeed("init", file, "--model", model)
    try shell.succeed("check", file)
  }

  @Test("a schema that cannot hold is refused and leaves no file")
  func refused() throws {
    let shell = try Shell()
    let cycle = """
      {"tables": [
        {"name": "a", "columns": [{"name": "id", "type": "int"}, {"name": "b", "type": "int"}],
         "primaryKey": ["id"], "foreignKeys": [{"columns": ["b"], "references": "b"}]},
        {"name": "b", "columns": [{"name": "id", "type": "int"}, {"name": "a", "type": "int"}],
         "primaryKey": ["id"], "foreignKeys": [{"columns": ["a"], "references": "a"}]}]}
      """
    let file = shell.path("x.carefs")
    let schema = try shell.file("cycle.json", cycle)
    #expect(try shell.fail(1, "init", file, "--schema", schema).contains("circle"))
    try shell.fail(1, "init", file, "--schema", try shell.file("bad.json", "{\"tables\": ["))
    try shell.fail(3, "init", file, "--schema", shell.path("missing.json"))
    let none = try shell.file("none.json", #"{"tables": []}"#)
    #expect(try shell.fail(1, "init", file, "--schema", none).contains("no tables"))
    let unused = try shell.file(
      "unused.json",
      #"""
      {"tables": [{"name": "a", "columns": [{"name": "id", "type": "int"},
        {"name": "b", "type": "int", "min": 3, "max": 2}], "primaryKey": ["id"]}]}
      """#)
    #expect(try shell.fail(1, "init", file, "--schema", unused).contains("min is above max"))
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test("what is no database is told apart", arguments: ["check", "stats", "compact", "schema"])
  func noDatabase(_ command: String) throws {
    let shell = try Shell()
    try shell.file("empty", "")
    try shell.file("text", String(repeating: "hello\n", count: 3000))
    for name in ["missing", "empty", "text", "."] {
      let message = try shell.fail(3, command, shell.path(name))
      #expect(message.contains(name == "." ? shell.folder.lastPathComponent : name))
    }
  }
}
