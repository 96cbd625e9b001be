import PageStore

/// The dictionaries of a database that its threads share, and what its writer has sampled for new
/// ones.
final class DocumentDictionaries: @unchecked Sendable {
  private struct Key: Hashable {
    let tree: UInt32
    let number: UInt32
  }

  /// How many dictionaries are kept; each takes about 80 KiB.
  private static let capacity = 128

  private let lock = Lock()
  private var dictionaries: [Key: DocumentDictionary] = [:]
  /// A sampler passes from one writer to the next, never used by two at once.
  private var samplers: [Key: ColumnSampler] = [:]

  func dictionary(_ id: UInt32, tree: UInt32) -> DocumentDictionary? {
    lock.with { dictionaries[Key(tree: tree, number: id)] }
  }

  func keep(_ dictionary: DocumentDictionary, tree: UInt32) {
    lock.with {
      if dictionaries.count >= DocumentDictionaries.capacity { dictionaries.removeAll() }
      dictionaries[Key(tree: tree, number: dictionary.id)] = dictionary
    }
  }

  /// The sampler of a column, made with a closure when there is none.
  func sampler(
    tree: UInt32, column: UInt32, _ make: () -> ColumnSampler
  ) -> ColumnSampler {
    let key = Key(tree: tree, number: column)
    return lock.with {
      if let sampler = samplers[key] { return sampler }
      let sampler = make()
      samplers[key] = sampler
      return sampler
    }
  }
}
