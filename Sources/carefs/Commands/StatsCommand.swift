import ArgumentParser
import CareFS

/// `carefs stats`.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Show sizes and shapes of tables and indexes.",
    discussion: """
      Sizes by table, index and documents, free space and log, the oldest reader, depth and fill of the \
      trees, and how far documents are compressed.

      Example:
        carefs stats clinic.carefs
      """)

  @OptionGroup var database: DatabaseFile

  @Flag(help: "Print the figures as JSON.")
  var json = false

  func run() throws {
    let stats = try database.reading { try $0.stats() }
    let output = Output(descriptor: 1)
    if json {
      try output.line(StatsText.json(stats))
    } else {
      try StatsText.write(stats, to: output)
    }
    try output.flush()
  }
}

/// The figures of a file, as text.
enum StatsText {
  static func write(_ stats: DatabaseStats, to output: Output) throws {
    try output.line("file \(size(stats.fileBytes)), in pages of \(stats.pageSize) bytes")
    try output.line("free \(size(stats.freeBytes))")
    try output.line("log \(size(stats.logBytes))")
    try output.line("oldest reader \(size(stats.oldestReaderLag)) of log behind")
    try output.line("catalog \(size(stats.catalogBytes))")
    try output.line()
    var table = TextTable(
      ["tree", "rows", "bytes", "depth", "fill"], right: [false, true, true, true, true],
      style: Style.allows(1), isWhole: true)
    for entry in stats.tables {
      try table.add(row(entry.name, Int(clamping: entry.rows), entry.tree), to: output)
      for (name, tree) in entry.indexes {
        try table.add(row("  \(name)", tree.entries, tree), to: output)
      }
      if let documents = entry.documents, documents.entries > 0 {
        try table.add(row("  documents", documents.entries, documents), to: output)
      }
    }
    try table.flush(to: output)
    try writeCompression(stats, to: output)
  }

  private static func writeCompression(_ stats: DatabaseStats, to output: Output) throws {
    let given = stats.tables.reduce(0) { $0 + $1.documentBytes }
    let stored = stats.tables.reduce(0) { $0 + $1.storedDocumentBytes }
    guard given > 0 else { return }
    let ratio = Figures.fixed(Double(stored) / Double(given), 2)
    try output.line()
    try output.line("documents \(size(given)), stored in \(size(stored)), \(ratio) of it")
  }

  private static func size(_ bytes: UInt64) -> String { Figures.bytes(Int(clamping: bytes)) }

  private static func row(_ name: String, _ rows: Int, _ tree: DatabaseStats.Tree) -> [String] {
    [
      name, Figures.grouped(rows), Figures.grouped(Int(clamping: tree.bytes)), String(tree.depth),
      "\(Figures.fixed(tree.fill * 100, 0)) %",
    ]
  }

  static func json(_ stats: DatabaseStats) -> String {
    var object = JSONReport()
    object.add("page_size", stats.pageSize)
    object.add("file_bytes", Int(clamping: stats.fileBytes))
    object.add("free_bytes", Int(clamping: stats.freeBytes))
    object.add("log_bytes", Int(clamping: stats.logBytes))
    object.add("oldest_reader_lag_bytes", Int(clamping: stats.oldestReaderLag))
    object.add("catalog_bytes", Int(clamping: stats.catalogBytes))
    object.list("tables", stats.tables.map(json))
    return object.text
  }

  private static func json(_ table: DatabaseStats.Table) -> JSONReport {
    var object = json(table.name, table.tree)
    object.add("rows", Int(clamping: table.rows))
    object.add("total_bytes", Int(clamping: table.bytes))
    object.list("indexes", table.indexes.map { json($0.name, $0.tree) })
    if let documents = table.documents {
      object.list("documents", [json("documents", documents)])
      object.add("document_bytes", Int(clamping: table.documentBytes))
      object.add("stored_document_bytes", Int(clamping: table.storedDocumentBytes))
    }
    return object
  }

  private static func json(_ name: String, _ tree: DatabaseStats.Tree) -> JSONReport {
    var object = JSONReport()
    object.add("name", name)
    object.add("entries", tree.entries)
    object.add("bytes", Int(clamping: tree.bytes))
    object.add("pages", tree.pages)
    object.add("overflow_pages", tree.overflowPages)
    object.add("depth", tree.depth)
    object.add("fill", tree.fill, decimals: 3)
    return object
  }
}
