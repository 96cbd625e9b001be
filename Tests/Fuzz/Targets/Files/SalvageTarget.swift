import CareFS

extension FuzzTarget {
  /// A page file and its log, of which every readable row is saved: the new file is sound, and the old
  /// one stays as it was.
  static let salvage = FuzzTarget(
    "salvage", share: 25, maximumLength: pairLength, shape: .pair,
    seeds: { try SeedFiles.open().map(\.bytes).filter { $0.count <= pairLength } },
    { input in
      guard let pair = FilePair(input) else { return }
      let files = pair.files
      let saved = "saved.carefs"
      let report = try Database.recover(
        path: FuzzDatabase.path, into: saved, options: FuzzDatabase.options(files))
      try FuzzFinding.unless(
        files.contents(of: FuzzDatabase.path) == pair.pages, "the damaged file was changed")
      let database = try Database.open(
        path: saved, options: FuzzDatabase.options(files, readOnly: true))
      try FuzzFinding.unless(
        try FuzzDatabase.isSound(database), "what was saved is not sound")
      var rows = 0
      try database.read { tx in
        for table in database.schema.tables { rows += try tx.count(table.name) }
      }
      let counted = report.tables.reduce(0) { $0 + $1.saved }
      try FuzzFinding.unless(rows == counted, "\(counted) rows were saved, \(rows) are there")
      try database.close()
    })
}
