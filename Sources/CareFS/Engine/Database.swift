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
    writer.stop()
    // Nobody is left to hear of a failure; an unclean end is recovered at the next open.
    if gate.close() { try? pager.close() }
  }

  /// The schema.
  public var schema: DatabaseSchema { gate.plan.schema }

  /// Waits for open transactions, writes a checkpoint and closes the file. Later calls throw
  /// `closed`. Closing twice does nothing.
  public func close() throws {
    guard gate.close() else { return }
    writer.stop()
    gate.waitUntilIdle()
    do { try pager.close() } catch { throw reported(error) }
  }
}
