import Foundation
import Testing

@Suite("Usage") struct UsageTests {
  @Test("wrong usage exits with 2 and one line that says where help is")
  func wrong() throws {
    let shell = try Shell()
    #expect(try shell.fail(2, "nonsense").contains("carefs --help"))
    #expect(try shell.fail(2, "init", "a.carefs").contains("--schema"))
    #expect(try shell.fail(2, "init", "a.carefs", "--model", "zoo").contains("hospital"))
    #expect(try shell.fail(2, "list", "a.carefs").contains("carefs list --help"))
    #expect(try shell.fail(2, "count", "a.carefs", "t", "--nonsense").contains("--nonsense"))
    #expect(try shell.fail(2, "export", "a.carefs", "--format", "xml").contains("xml"))
  }

  @Test("a word that is no command is wrong usage, with help asked for too")
  func unknown() throws {
    let shell = try Shell()
    #expect(try shell.fail(2, "inser", "a.carefs").contains("did you mean insert?"))
    #expect(try shell.fail(2, "Lits", "--help").contains("did you mean list?"))
    for words in [["verify", "--help"], ["frobnicate", "-h"], ["help", "backup"]] {
      let run = try shell.run(words)
      #expect(run.exit == 2 && run.out.isEmpty, "\(words)")
      #expect(run.err.contains("there is no command") && run.err.contains("compact"))
    }
    try shell.succeed("help")
    try shell.succeed("help", "list")
  }

  @Test("what later versions may do is refused today, never passed over")
  func later() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let before = try Data(contentsOf: URL(fileURLWithPath: clinic))
    let attempts = [
      ["compact", clinic, "--budget", "1"], ["compact", clinic, "--online", "--into", "x"],
      ["compact", clinic, "--online", "--budget", "-1"],
      ["backup", clinic, "d"], ["restore", "d", clinic], ["migrate", clinic], ["audit", clinic],
      ["sweep", clinic], ["archive", clinic], ["verify", "d"],
    ]
    for words in attempts {
      let run = try shell.run(words)
      #expect(run.exit == 2 && run.out.isEmpty && !run.err.isEmpty, "\(words): \(run.err)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: clinic)) == before)
  }

  @Test(
    "a list of columns needs a name in every place", arguments: ["", ",", "id,,status", "id,id"])
  func lists(_ list: String) throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    #expect(try shell.fail(2, "list", clinic, "patients", "--columns", list).contains("--columns"))
    #expect(try shell.fail(2, "list", clinic, "patients", "--order", list).contains("--order"))
    #expect(try shell.fail(2, "explain", clinic, "patients", "--order", list).contains("--order"))
    try shell.fail(2, "list", clinic, "patients", "--order", "-")
  }

  static let commands = [
    "init", "schema", "import", "export", "get", "list", "count", "explain", "insert", "upsert",
    "update", "delete", "check", "compact", "stats", "demo",
  ]

  @Test("every command has help with an example", arguments: commands)
  func help(_ command: String) throws {
    let shell = try Shell()
    let run = try shell.run(command, "--help")
    #expect(run.exit == 0)
    #expect(run.err.isEmpty)
    #expect(run.out.contains("Example:"))
    #expect(run.out.contains("carefs \(command) "))
  }

  @Test("the root lists the commands that there are")
  func root() throws {
    let help = try Shell().succeed("--help")
    for command in Self.commands { #expect(help.contains("\n  \(command)"), "\(command)") }
    #expect(try Shell().succeed("--version").contains("."))
  }

  @Test("completions are made for each shell", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let script = try Shell().succeed("--generate-completion-script", shell)
    #expect(script.contains("carefs"))
    #expect(script.contains("explain"))
  }
}
