extension Transaction {
  /// Writes rows of a table as text, piece by piece.
  ///
  /// - Parameter sink: takes each piece; its bytes are valid during the call.
  /// - Returns: how many rows were written.
  @discardableResult
  public func export(
    _ table: String, _ options: ExportOptions,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    let table = try self.table(table)
    let ordinals =
      try options.columns?.map { try table.plan.ordinal($0) } ?? Array(table.plan.types.indices)
    let printer = RecordPrinter(table.schema, columns: ordinals)
    let out = ByteBuffer(capacity: Self.exportChunk + 4096)
    var count = 0
    switch options.format {
    case .csv: printer.appendHeader(to: out)
    case .json: out.append("[")
    case .ndjson: break
    }
    try scan(
      table, where: options.filter, order: options.order(table), limit: options.limit
    ) { row in
      let record = row.view
      switch options.format {
      case .csv: try printer.appendCSV(record, to: out)
      case .json:
        out.append(count == 0 ? "\n" : ",\n")
        try printer.appendJSON(record, oneLine: false, to: out)
      case .ndjson:
        try printer.appendJSON(record, oneLine: true, to: out)
        out.append(UInt8(ascii: "\n"))
      }
      count += 1
      if out.count >= Self.exportChunk {
        try sink(out.bytes)
        out.clear()
      }
      return true
    }
    if options.format == .json { out.append(count == 0 ? "]\n" : "\n]\n") }
    try sink(out.bytes)
    return count
  }

  private static var exportChunk: Int { 1 << 16 }

  /// Writes all rows of several tables as one JSON object: a member for each table with its rows.
  public func exportObject(
    _ tables: [String], where filter: Expression? = nil,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let out = ByteBuffer()
    for (index, table) in tables.enumerated() {
      out.clear()
      out.append(index == 0 ? "{" : ",\n")
      table.withUTF8Bytes { JSONText.append(string: $0, to: out) }
      out.append(":")
      try sink(out.bytes)
      try export(table, ExportOptions(format: .json, where: filter), to: sink)
    }
    out.clear()
    out.append(tables.isEmpty ? "{}\n" : "}\n")
    try sink(out.bytes)
  }
}

extension Transaction {
  /// Visits rows of a table as texts, one for each column, without quotes; nil is null.
  public func forEachText(
    _ table: String, _ options: ExportOptions, _ body: ([String?]) throws -> Void
  ) throws {
    let table = try self.table(table)
    let ordinals =
      try options.columns?.map { try table.plan.ordinal($0) } ?? Array(table.plan.types.indices)
    let printer = RecordPrinter(table.schema, columns: ordinals)
    try scan(
      table, where: options.filter, order: options.order(table), limit: options.limit
    ) { row in
      try body(try ordinals.map { try printer.text($0, of: row.view) })
      return true
    }
  }
}

extension ExportOptions {
  /// The order asked for, else that of the primary key, whichever index serves the filter.
  fileprivate func order(_ table: Table) -> [OrderTerm] {
    order.isEmpty ? table.schema.primaryKey.map { OrderTerm($0) } : order
  }
}
