import PageStore

/// The bindings that were made so far, for all threads.
final class BindingCache: Sendable {
  private let lock = Lock()
  nonisolated(unsafe) private var known: [ObjectIdentifier: RecordBinding] = [:]

  func value(_ id: ObjectIdentifier) -> RecordBinding? { lock.with { known[id] } }

  func set(_ id: ObjectIdentifier, _ binding: RecordBinding) { lock.with { known[id] = binding } }
}
