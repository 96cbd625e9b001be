import ArgumentParser
import CareFS

/// `carefs compact`.
struct CompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Repack a file that nobody has open.",
    discussion: """
      Writes every table anew, in order and without gaps, beside the file and then moves it into \
      its place: at any crash the old or the new file is whole. Prints the size before and after.

      Example:
        carefs compact clinic.carefs
      """)

  @OptionGroup var database: DatabaseFile

  @Flag(help: "Print the sizes as JSON.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func run() throws {
    Interrupt.listen()
    let start = SystemCall.seconds()
    let progress = Progress("compact", total: 0, unit: "tables", quiet: quiet)
    let report = try database.patiently { path in
      var tables = 0
      return try Database.compact(path: path) { _ in
        tables += 1
        progress.update(tables)
        try Interrupt.check()
      }
    }
    progress.finish()
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
}
