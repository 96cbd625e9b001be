import CareFSTestSupport

/// What a database may hold after a power cut, by the operation after which it comes.
struct CrashTimeline: Sendable {
  /// One commit, or the creation of the database.
  struct Step: Sendable {
    var model: ModelDatabase
    /// No trace of it can be on the disk up to this operation.
    var begun: Int
    /// From this operation on it must be there.
    var acknowledged: Int
  }

  /// What may be there before the first step is acknowledged, the newest first.
  var prior: [ModelDatabase] = []
  /// Whether there may be no database at all before the first step is acknowledged.
  var mayBeMissing = false
  var steps: [Step] = []
  /// What a packed copy holds when it can be opened, which it can be once it is acknowledged.
  var copy: Step?

  /// The allowed states, the newest first.
  struct Allowed {
    var states: [ModelDatabase]
    var mayBeMissing: Bool
    /// Tells two answers with other oldest states apart.
    var oldest: Int
    /// What a packed copy holds, and whether it must be there.
    var copy: ModelDatabase?
    var isCopied = false
  }

  /// What may be there after a cut right after an operation: the newest acknowledged commit, or any
  /// that had been begun after it. So no acknowledged one is lost, none is there in part, and none
  /// without those before it.
  func allowed(after operation: Int) -> Allowed {
    var allowed = states(after: operation)
    allowed.copy = copy?.model
    allowed.isCopied = copy.map { $0.acknowledged <= operation } ?? false
    return allowed
  }

  private func states(after operation: Int) -> Allowed {
    var states: [ModelDatabase] = []
    for (place, step) in steps.enumerated().reversed() where step.begun < operation {
      states.append(step.model)
      if step.acknowledged <= operation {
        return Allowed(states: states, mayBeMissing: false, oldest: place)
      }
    }
    return Allowed(states: states + prior, mayBeMissing: mayBeMissing, oldest: -1)
  }

  /// Everything begun so far may be there, and what was acknowledged must be.
  var allowedNow: Allowed { allowed(after: .max - 1) }
}
