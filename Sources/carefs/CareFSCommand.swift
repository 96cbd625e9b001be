import ArgumentParser

/// The root of the command line.
struct CareFSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "carefs",
    abstract: "Keep records in one file: typed, constrained, crash-safe.",
    discussion: """
      Results go to standard output, everything else to standard error.
      Exit codes: 0 done, 1 problems found or constraint refused, 2 wrong usage, 3 cannot open, \
      4 I/O error or disk full.

      Example:
        carefs init clinic.carefs --model hospital
        carefs insert clinic.carefs specializations '{"name": "Cardiology"}'
        carefs list clinic.carefs specializations

      Shell completions: carefs --generate-completion-script bash|zsh|fish
      """,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, SchemaCommand.self, ImportCommand.self, ExportCommand.self,
      GetCommand.self, ListCommand.self, CountCommand.self, ExplainCommand.self,
      InsertCommand.self, UpsertCommand.self, UpdateCommand.self, DeleteCommand.self,
      CheckCommand.self, CompactCommand.self, RecoverCommand.self, StatsCommand.self,
      DemoCommand.self,
    ])
}
