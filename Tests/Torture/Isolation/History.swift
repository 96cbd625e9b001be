/// What transactions appended to lists and read from them, each appended value once.
struct History {
  /// One step of a transaction.
  enum Step {
    case append(list: Int, value: Int)
    case read(list: Int, values: [Int])
  }

  /// One transaction.
  struct Transaction {
    var steps: [Step]
    /// False for one that was rolled back, and whose values nobody may see.
    var isCommitted = true
  }

  var transactions: [Transaction] = []

  init() {}

  /// Reads a history written as `a8 1` (appends 1 to list 8), `r8 1,2` (reads 1 and 2 in list 8),
  /// with `;` between steps, `|` between transactions and `!` before one that is rolled back.
  init(_ text: String) {
    for part in text.split(separator: "|") {
      var transaction = Transaction(steps: [])
      for step in part.split(separator: ";") {
        var words = step.split(separator: " ")
        if words.first == "!" {
          transaction.isCommitted = false
          words.removeFirst()
        }
        guard let name = words.first, let list = Int(name.dropFirst()) else { continue }
        let values = words.dropFirst().flatMap { $0.split(separator: ",") }.compactMap { Int($0) }
        if name.first == "a" {
          for value in values { transaction.steps.append(.append(list: list, value: value)) }
        } else {
          transaction.steps.append(.read(list: list, values: values))
        }
      }
      transactions.append(transaction)
    }
  }
}

/// A way in which a history contradicts a serial order.
enum Anomaly: String, Hashable, CaseIterable {
  /// A cycle of writes alone.
  case g0
  /// A read of what was rolled back.
  case g1a
  /// A read of what the writer itself wrote over in the same transaction.
  case g1b
  /// A cycle of writes and reads of what was written.
  case g1c
  /// A cycle with one read of what was about to be written.
  case gSingle
  /// A cycle with several such reads.
  case g2
  /// Two reads of a list of which neither begins with the other.
  case order
  /// A value that is in a list twice, or that nobody appended.
  case foreign
  /// A transaction that does not see its own appends.
  case own
}
