extension Collation {
  /// The version of the rule: an index that was built under another version must be rebuilt.
  var version: UInt32 {
    switch self {
    case .binary: 1
    case .nocase: CaseFolding.version
    }
  }
}
