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
