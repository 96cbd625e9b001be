import BTree
import PageStore

// Delete this file when DocumentStore.swift lands: it keeps documents as they are, in the row.

final class DocumentDictionaries: Sendable {}

final class DocumentStore: DocumentLoader {
  init(tree: Tree, in transaction: PageTransaction, dictionaries: DocumentDictionaries?) {}
  func store(_ document: UnsafeRawBufferPointer, column: UInt32) throws -> UnsafeRawBufferPointer {
    document
  }
  func free(_ cell: UnsafeRawBufferPointer) throws {}
  func load(_ cell: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer { cell }
}
