import PageStore

/// Counts one class of trouble: how often it was made, and how often the engine came through.
///
/// Safe to use from many threads.
final class FaultCount: @unchecked Sendable {
  /// The class, as in the table of fault classes: F1 to F18.
  let name: String
  private let lock = Lock()
  private var injected = 0
  private var failures: [String] = []
  private var unfound = 0

  init(_ name: String) { self.name = name }

  /// Counts one injection; `problem` says what went wrong, nil when nothing did.
  func add(_ problem: String? = nil) {
    lock.with {
      injected += 1
      if let problem { failures.append(problem) }
    }
  }

  /// Counts a fault that nobody can find; it is neither survived nor failed.
  func addUnfound() { lock.with { unfound += 1 } }

  /// Whether something was injected and all of it survived.
  var isGood: Bool { lock.with { injected > 0 && failures.isEmpty } }

  /// How many injections there were.
  var count: Int { lock.with { injected } }

  /// How many of them went wrong.
  var failureCount: Int { lock.with { failures.count } }

  /// The first that went wrong.
  var firstFailure: String? { lock.with { failures.first } }

  /// Prints the line of this class, and the first failures.
  func print() {
    let (injected, failures) = lock.with { (self.injected, self.failures) }
    Swift.print(
      "faults: class=\(name) injected=\(injected) survived=\(injected - failures.count)")
    let unfound = lock.with { self.unfound }
    if unfound > 0 {
      Swift.print(
        "  \(unfound) more cannot be found, as documented: whole pages of an earlier time")
    }
    for failure in failures.prefix(10) { Swift.print("  failed: \(failure)") }
  }
}
