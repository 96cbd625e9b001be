import Synchronization

/// The dictionaries of a database that its threads share, and what its writer has sampled for new
/// ones.
final class DocumentDictionaries: Sendable {
  private struct Key: Hashable {
    let tree: UInt32
    let number: UInt32
  }

  /// A sampler passes from one writer to the next, never used by two at once.
  private struct Samplers: @unchecked Sendable {
    var byColumn: [Key: ColumnSampler] = [:]
  }

  /// How many dictionaries are kept; each takes about 80 KiB.
  private static let capacity = 128

  private let dictionaries = Mutex<[Key: DocumentDictionary]>([:])
  private let samplers = Mutex<Samplers>(Samplers())

  func dictionary(_ id: UInt32, tree: UInt32) -> DocumentDictionary? {
    dictionaries.withLock { $0[Key(tree: tree, number: id)] }
  }

  func keep(_ dictionary: DocumentDictionary, tree: UInt32) {
    dictionaries.withLock {
      if $0.count >= DocumentDictionaries.capacity { $0.removeAll() }
      $0[Key(tree: tree, number: dictionary.id)] = dictionary
    }
  }

  /// The sampler of a column, made with a closure when there is none.
  func sampler(
    tree: UInt32, column: UInt32, _ make: () -> ColumnSampler
  ) -> ColumnSampler {
    let key = Key(tree: tree, number: column)
    if let sampler = samplers.withLock({ $0.byColumn[key] }) { return sampler }
    let sampler = make()
    let made = Samplers(byColumn: [key: sampler])
    samplers.withLock { $0.byColumn.merge(made.byColumn) { old, _ in old } }
    return sampler
  }
}
