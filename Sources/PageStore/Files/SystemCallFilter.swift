/// Stands between the engine and the kernel in tests of what the engine does with the kernel's
/// answers: interrupted calls, short counts, errors, and a process that ends in the middle of all.
package struct SystemCallFilter: Sendable {
  /// The calls that change or read something.
  package enum Call: Sendable, Hashable {
    case open, read, write, sync, truncate, reserve, lock, rename, remove, syncDirectory
  }

  /// What becomes of a call.
  package enum Answer: Sendable {
    /// It is made.
    case proceed
    /// It is not made, and fails with this error number.
    case fails(Int32)
    /// A read or write of at most so many bytes is made.
    case shortens(Int)
  }

  /// Asked before each call, with the path of the file or folder.
  package let answer: @Sendable (Call, String) -> Answer

  package init(_ answer: @escaping @Sendable (Call, String) -> Answer) { self.answer = answer }
}
