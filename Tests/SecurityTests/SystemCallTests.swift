import CareFS
import Foundation
import PageStore
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The loops around the system's calls, on real files.
struct SystemCallTests {
  private func work(
    _ answer: @escaping @Sendable (SystemCallFilter.Call) -> SystemCallFilter.Answer
  )
    throws
  {
    let bench = try Bench()
    var options = Bench.options()
    options.fileSystem = PosixFileSystem(filter: SystemCallFilter { call, _ in answer(call) })
    let db = try Database.create(path: bench.path, schema: Bench.schema, options: options)
    for first in stride(from: 1, to: 200, by: 20) {
      try Bench.insert(first...first + 19, into: db)
    }
    try db.close()
    let again = try Database.open(path: bench.path, options: options)
    #expect(try again.check().findings.map(\.message) == [])
    #expect(try again.read { try $0.count("patients") } == 200)
    try again.close()
    _ = try Database.compact(path: bench.path, options: options)
    try bench.expectRows(200)
  }

  /// Every second call is interrupted, before it or in its middle.
  @Test func interruptedCallsAreMadeAgain() throws {
    let count = Counter()
    try work { call in
      guard call != .sync, call != .rename, call != .remove else { return .proceed }
      return count.next() % 2 == 0 ? .fails(EINTR) : .proceed
    }
  }

  @Test(arguments: [1, 511, 4095])
  func shortCountsAreCompleted(limit: Int) throws {
    try work { call in
      switch call {
      // Byte for byte all would take too long: some calls are short, the others a little.
      case .read, .write: .shortens(limit == 1 ? 3_001 : limit)
      default: .proceed
      }
    }
    let count = Counter()
    try work { call in
      switch (call, count.next() % 7) {
      case (.read, 0), (.write, 0): .shortens(limit)
      default: .proceed
      }
    }
  }

  /// A write that takes nothing, again and again, is an error and not an endless loop.
  @Test func aWriteThatTakesNothingFails() throws {
    let bench = try Bench()
    var options = Bench.options()
    options.fileSystem = PosixFileSystem(
      filter: SystemCallFilter { call, _ in call == .write ? .shortens(0) : .proceed })
    let failure = Bench.failure {
      _ = try Database.create(path: bench.path, schema: Bench.schema, options: options)
    }
    #expect(failure?.code == .io)
    #expect(bench.names == [])
  }

  /// A sync is never tried again, not even when it was interrupted.
  @Test func anInterruptedSyncPoisons() throws {
    let bench = try Bench()
    try bench.fill()
    let isBroken = Flag()
    let syncs = Counter()
    var options = Bench.options()
    options.fileSystem = PosixFileSystem(
      filter: SystemCallFilter { call, _ in
        guard call == .sync, isBroken.isSet else { return .proceed }
        return syncs.next() == 1 ? .fails(EINTR) : .proceed
      })
    let db = try Database.open(path: bench.path, options: options)
    try Bench.insert(21...30, into: db)
    isBroken.set()
    #expect(Bench.failure { try Bench.insert(31...40, into: db) } != nil)
    let second = Bench.failure { try Bench.insert(41...50, into: db) }
    #expect(second?.code == .poisoned)
    try? db.close()
    let again = try bench.open()
    let count = try again.read { try $0.count("patients") }
    #expect(count == 30 || count == 40)
    #expect(try again.check().isSound)
    try again.close()
  }
}

/// Something that happened.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}
