import Synchronization

/// Lets one task at a time use an engine that has one writer and no queue of its own.
final class Turn<Engine: AnyObject>: Sendable {
  private struct Holder: @unchecked Sendable { let engine: Engine }
  private let holder: Mutex<Holder>

  init(_ engine: Engine) {
    let made = Holder(engine: engine)
    holder = Mutex(made)
  }

  func take(_ body: (Engine) throws -> Void) throws {
    try holder.withLock { try body($0.engine) }
  }
}

/// Hands the patients out to tasks that all run at once.
func runConcurrently(
  _ patients: [Patient], tasks: Int, _ body: @escaping @Sendable (Patient) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for task in 0..<tasks {
      group.addTask {
        for place in stride(from: task, to: patients.count, by: tasks) {
          try await body(patients[place])
        }
      }
    }
    try await group.waitForAll()
  }
}
