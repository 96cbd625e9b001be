import CareFS

extension FuzzTarget {
  /// The longest page file with its log.
  static let pairLength = 224 << 10

  /// A page file and its log, recovered, changed, closed and opened again.
  static let recovery = FuzzTarget(
    "recovery", share: 50, maximumLength: pairLength, shape: .pair,
    seeds: { try SeedFiles.open().map(\.bytes).filter { $0.count <= pairLength } },
    { input in
      guard let pair = FilePair(input) else { return }
      let files = pair.files
      let wasSound: Bool
      do {
        let database = try Database.open(
          path: FuzzDatabase.path, options: FuzzDatabase.options(files))
        wasSound = try FuzzDatabase.isSound(database)
        do { try FuzzDatabase.change(database) } catch {
          if wasSound, KnownErrors.isDamage(error) {
            throw FuzzFinding("check finds nothing, but a change says: \(error)")
          }
          guard KnownErrors.contains(error) else { throw error }
        }
        try database.close()
      }
      let database = try Database.open(
        path: FuzzDatabase.path, options: FuzzDatabase.options(files))
      let isSound = try FuzzDatabase.isSound(database)
      try FuzzFinding.unless(isSound || !wasSound, "a change made a sound file unsound")
      try database.close()
    })
}
