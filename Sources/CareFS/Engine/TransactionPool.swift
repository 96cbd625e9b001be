import BTree
import PageStore

/// What a transaction works with besides the pages, and leaves to a later one.
struct TransactionMemory {
  var keyBuffer = KeyEncoder()
  /// By the position of their table, as far as they were needed.
  var stores: [DocumentStore?]
  var views: [RecordView?]
  var lastType: ObjectIdentifier?
  var lastBinding: RecordBinding?
  var lastView: RecordView?
  var lastTarget: RecordTarget?
  var lastColumn: (path: AnyKeyPath, place: Int)?

  /// Bytes of memory, about.
  var bytes: Int { stores.reduce(keyBuffer.buffer.capacity) { $0 + ($1?.memory ?? 0) } }
}

/// What ended transactions of one plan leave to later ones: views, buffers, the writers of tables. To
/// make them takes longer than to read or write a row.
final class TransactionPool: Sendable {
  /// The most transactions that leave something, as there are rarely more threads at work.
  private static let mostIdle = 8
  /// The most memory that one of them leaves, and that all idle writers take together.
  private static let mostBytes = 128 << 10
  private static let mostWriterBytes = 512 << 10

  private struct Idle {
    var memory: [TransactionMemory] = []
    var writers: [Int: (writer: TableWriter, bytes: Int)] = [:]
    var writerBytes = 0
    var catalogEditor: TreeEditor?
  }

  private let lock = Lock()
  nonisolated(unsafe) private var idle = Idle()

  /// What an ended transaction has left, or new.
  func takeMemory(tables: Int) -> TransactionMemory {
    if let left = lock.with({ idle.memory.popLast() }) { return left }
    return TransactionMemory(
      stores: Array(repeating: nil, count: tables), views: Array(repeating: nil, count: tables))
  }

  /// Takes what a transaction no longer needs, unless there is enough of it.
  func give(_ memory: TransactionMemory) {
    guard memory.bytes <= Self.mostBytes else { return }
    lock.with { if idle.memory.count < Self.mostIdle { idle.memory.append(memory) } }
  }

  /// The writer of a table that an ended transaction has left.
  func takeWriter(of table: TablePlan) -> TableWriter? {
    lock.with {
      guard let (writer, bytes) = idle.writers.removeValue(forKey: table.position) else {
        return nil
      }
      idle.writerBytes -= bytes
      return writer
    }
  }

  /// The editor of the catalog's tree that an ended transaction has left.
  func takeCatalogEditor() -> TreeEditor? {
    lock.with {
      defer { idle.catalogEditor = nil }
      return idle.catalogEditor
    }
  }

  /// Takes an editor of the catalog's tree that nothing has failed in.
  func give(catalogEditor: TreeEditor) { lock.with { idle.catalogEditor = catalogEditor } }

  /// Takes a writer that nothing has failed in, unless there is enough memory in others.
  func give(_ writer: TableWriter) {
    let bytes = writer.memory
    lock.with {
      guard idle.writerBytes + bytes <= Self.mostWriterBytes,
        idle.writers[writer.plan.position] == nil
      else { return }
      idle.writers[writer.plan.position] = (writer, bytes)
      idle.writerBytes += bytes
    }
  }
}
