import CareFS

extension FuzzTarget {
  /// A byte of options, then a file to be loaded into a table that has a column of each type.
  static let load = FuzzTarget(
    "load", share: 10, maximumLength: 1024, shape: .text(words: loadWords),
    seeds: { loadSeeds },
    { input in
      var reader = InputReader(input)
      let flags = reader.byte()
      let formats = ImportOptions.Format.allCases
      var options = ImportOptions(format: formats[Int(flags & 3) % formats.count])
      options.onConflict = ImportOptions.Conflict.allCases[Int(flags >> 2 & 3) % 3]
      if flags & 16 != 0 { options.null = "NULL" }
      var rejected = 0
      var events = ImportEvents()
      if flags & 32 != 0 { events.rejected = { _ in rejected += 1 } }
      let database = try FuzzFinding.always {
        try Database.create(
          path: FuzzDatabase.path, schema: SeedSchemas.kinds,
          options: FuzzDatabase.options(FuzzFiles()))
      }
      let source = MemorySource([UInt8](reader.all()))
      do {
        let report = try database.importRows(into: "kinds", from: source, options, events: events)
        try FuzzFinding.unless(
          report.rejected == rejected, "\(rejected) rows were refused, not \(report.rejected)")
      } catch  where KnownErrors.contains(error) {}
      try FuzzFinding.unless(try FuzzDatabase.isSound(database), "a load leaves an unsound file")
      try database.close()
    })

  private static let loadWords = [
    "name", "number", "amount", "ratio", "flag", "day", "clock", "moment", "code", "any",
    "document", "bytes", "\"name\":", "\"number\":", "\"amount\":", "\"ratio\":", "\"flag\":",
    "\"day\":", "\"clock\":", "\"moment\":", "\"code\":", "\"any\":", "\"document\":", "\"bytes\":",
    "2026-01-31", "13:05:00.5", "2026-01-31T13:05:00Z", "AAEC", "1e400", "-0", "NULL", "true",
    "123e4567-e89b-12d3-a456-426614174000", "99999999999999999999.99", ",", "\n", "\"", "{", "}",
    "0000-00-00", "9999-12-31", "24:00:00", "+14:00",
  ]

  private static let loadSeeds: [[UInt8]] = [
    (0, "name,number,amount,flag\nx,1,2.50,true\ny,2,,false\nx,1,3,\n"),
    (
      0,
      "name,number,day,clock,moment,code,bytes\nx,1,2026-01-31,13:05:00,"
        + "2026-01-31T13:05:00Z,123e4567-e89b-12d3-a456-426614174000,AAEC\n"
    ),
    (0, "name,number,any,document,ratio\nx,5,\"[1]\",\"{\"\"a\"\":1}\",-1.5e3\n"),
    (
      1,
      "[{\"name\":\"x\",\"number\":1,\"any\":{\"a\":[1]}},{\"name\":\"y\",\"number\":2,"
        + "\"document\":{\"tags\":[1,2]},\"ratio\":0.5}]"
    ),
    (2, "{\"name\":\"x\",\"number\":1,\"amount\":\"1.00\"}\n{\"name\":\"X\",\"number\":1}\n"),
    (2, "{\"name\":\"x\",\"number\":\"one\"}\n{\"name\":null,\"number\":1}\n{bad\n"),
  ].flatMap { format, text in
    [0, 4, 8, 32, 40, 48].map { [UInt8(format | $0)] + Array(text.utf8) }
  }
}
