import CareFS

extension FuzzTarget {
  /// A page file, without a log, that is opened, checked, read whole and compacted.
  static let pages = FuzzTarget(
    "pages", share: 40, maximumLength: 160 << 10, shape: .pages,
    seeds: { try SeedFiles.closed().map(\.pages) },
    { input in
      let bytes = [UInt8](input)
      let files = FuzzFiles([FuzzDatabase.path: bytes])
      let reading = FuzzDatabase.options(files, readOnly: true)
      let isSound: Bool
      do {
        let database = try Database.open(path: FuzzDatabase.path, options: reading)
        isSound = try FuzzDatabase.isSound(database)
        if isSound { _ = try database.stats() }
        try database.close()
      }
      do {
        try compact(files)
      } catch  where isSound && KnownErrors.isDamage(error) {
        throw FuzzFinding("check finds nothing, but compacting says: \(error)")
      }
    })

  /// Compacts, and opens what came of it.
  static func compact(_ files: FuzzFiles) throws {
    let options = FuzzDatabase.options(files)
    _ = try Database.compact(path: FuzzDatabase.path, options: options)
    let database = try Database.open(
      path: FuzzDatabase.path, options: FuzzDatabase.options(files, readOnly: true))
    _ = try FuzzDatabase.isSound(database)
    try database.close()
  }
}
