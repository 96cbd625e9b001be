import ArgumentParser
import CareFS

/// `carefs demo`.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Build a hospital from generated data and show what the engine does with it.",
    discussion: """
      Makes 10,000 patients with appointments, a queue, conversations and reports; asks questions; \
      deletes a patient with everything that hangs on it; shows a refused duplicate and a refused \
      orphan; kills a writing process and reopens without loss; checks and compacts. Without a \
      file it uses a temporary one and removes it.

      Example:
        carefs demo
        carefs demo hospital.carefs
      """)

  @Argument(help: "Where to keep the database; it must not exist yet.")
  var file: Word?

  func run() throws {
    let path: String
    if let file {
      path = file.text
    } else {
      path = "\(SystemCall.temporaryFolder())/carefs-demo-\(SystemCall.processID()).carefs"
    }
    Interrupt.listen()
    defer {
      if file == nil {
        SystemCall.remove(path)
        SystemCall.remove(path + "-wal")
      }
    }
    let demo = Demo(path: path)
    try demo.run()
    if file != nil { try demo.say("Kept as \(path): try carefs list \(path) patients --limit 5") }
    try demo.finish()
  }
}
