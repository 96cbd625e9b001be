import CareFS

extension FuzzTarget {
  /// A page file and its log, compacted: what is damaged stays as it was.
  static let compaction = FuzzTarget(
    "compact", share: 25, maximumLength: pairLength, shape: .pair,
    seeds: { try SeedFiles.open().map(\.bytes).filter { $0.count <= pairLength } },
    { input in
      guard let pair = FilePair(input) else { return }
      try compact(pair.files)
    })
}
