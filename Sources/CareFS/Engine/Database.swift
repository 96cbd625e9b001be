import BTree
import PageStore

/// An open database: one writer, any number of readers, in threads or tasks.
///
/// ```swift
/// let db = try Database(path: "clinic.carefs", schema: DatabaseSchema([patients, visits]))
/// try db.write { tx in try tx.insert(into: "patients", ["email": .text("a@b.example")]) }
/// let count = try db.read { tx in try tx.count("patients") }
/// ```
///
/// `write` returns when the transaction is durable; a closure that throws rolls everything back.
/// `read` sees the last durable commit and never waits for a writer.
public final class Database: Sendable {
  let pager: Pager
  let writer = WriterThread()
  let gate: DatabaseGate
  /// The options with which the database was opened.
  public let options: DatabaseOptions
  /// Where the file is; nil in memory.
  public let path: String?

  init(pager: Pager, plan: SchemaPlan, path: String?, options: DatabaseOptions) {
    self.pager = pager
    self.path = path
    self.options = options
    gate = DatabaseGate(plan: plan)
  }

  deinit {
    guard !pager.isInChild else { return }
    writer.stop()
    // Nobody is left to hear of a failure; an unclean end is recovered at the next open.
    if gate.close() { try? pager.close() }
  }

  /// Throws in a process made by fork, before a lock is touched that a thread of the parent may hold.
  func refuseChild() throws {
    guard !pager.isInChild else {
      throw DatabaseError(
        .closed, "the database was opened by the parent process; open it again after fork")
    }
  }

  /// The schema.
  public var schema: DatabaseSchema { gate.plan.schema }

  /// Waits for open transactions, writes a checkpoint and closes the file. Later calls throw
  /// `closed`. Closing twice does nothing.
  ///
  /// In a process made by `fork` this only closes the descriptors: the database stays open in the
  /// parent. Open it again to use it here.
  public func close() throws {
    guard !pager.isInChild else { return try reporting { try pager.close() } }
    guard gate.close() else { return }
    writer.stop()
    gate.waitUntilIdle()
    do { try pager.close() } catch { throw reported(error) }
  }
}
