import ArgumentParser
import CareFS

/// `carefs compact`.
struct CompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Repack a file.",
    discussion: """
      Writes every table anew, in order and without gaps, beside the file and then moves it into \
      its place: at any crash the old or the new file is whole. Prints the size before and after.

      --online merges half-empty pages and moves those at the file's end into free ones instead, \
      in small transactions: it needs no room for a copy, and can be stopped and taken up again. \
      --budget BYTES ends it after so much was done.

      --into OUT leaves the file as it is, even while another process writes it, and writes a \
      packed copy into a new file.

      Example:
        carefs compact clinic.carefs
        carefs compact clinic.carefs --online --budget 100000000
        carefs compact clinic.carefs --into copy.carefs
      """)

  @OptionGroup var database: DatabaseFile

  @Flag(help: "Move pages in small transactions, without a copy.")
  var online = false

  @Option(help: ArgumentHelp("How many bytes --online may move.", valueName: "bytes"))
  var budget: Int?

  @Option(
    help: ArgumentHelp("Write a packed copy instead.", valueName: "out"),
    completion: .file(extensions: ["carefs"]))
  var into: Word?

  @Flag(help: "Print the sizes as JSON.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard budget == nil || online else {
      throw ValidationError("--budget is for --online")
    }
    guard budget ?? 0 >= 0 else { throw ValidationError("--budget must not be negative") }
    guard into == nil || !online else {
      throw ValidationError("--into writes a copy, and --online works in place: give one of them")
    }
  }

  func run() throws {
    Interrupt.listen()
    let start = SystemCall.seconds()
    let report = online ? try moveEnd() : try rewrite()
    let seconds = SystemCall.seconds() - start
    let output = Output(descriptor: 1)
    if json {
      var object = JSONReport()
      object.add("before", Int(clamping: report.before))
      object.add("after", Int(clamping: report.after))
      object.add("seconds", seconds, decimals: 3)
      try output.line(object.text)
    } else {
      let before = Figures.grouped(Int(clamping: report.before))
      let after = Figures.grouped(Int(clamping: report.after))
      try output.line("\(before) bytes before, \(after) bytes after, \(Figures.duration(seconds))")
    }
    try output.flush()
  }

  /// Writes every table anew.
  private func rewrite() throws -> CompactReport {
    let progress = Progress("compact", total: 0, unit: "tables", quiet: quiet)
    defer { progress.finish() }
    return try database.patiently { path in
      var tables = 0
      let next = { (_: String) in
        tables += 1
        progress.update(tables)
        try Interrupt.check()
      }
      guard let into else { return try Database.compact(path: path, progress: next) }
      return try Database.compact(path: path, into: into.text, progress: next)
    }
  }

  /// Moves pages of the file's end.
  private func moveEnd() throws -> CompactReport {
    let progress = Progress("compact", total: 0, unit: "B", quiet: quiet)
    defer { progress.finish() }
    let opened = try database.openForWriting()
    let report = try opened.compact(budget: budget) { bytes in
      progress.update(bytes)
      try Interrupt.check()
    }
    try opened.close()
    return report
  }
}
