import CareFS
import CareFSTestSupport
import Foundation
import PageStore
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// One writer: through whatever name, in whatever process, and however the lock fails.
@Suite(.timeLimit(.minutes(5))) struct LockTests {
  @Test func aSecondOpenInOneProcessIsRefused() throws {
    let bench = try Bench()
    let db = try bench.create()
    try Bench.insert(1...5, into: db)
    let link = bench.folder + "/link"
    let hardLink = bench.folder + "/hard"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.path)
    let around = bench.folder + "/../" + (bench.folder as NSString).lastPathComponent
    for path in [bench.path, link, around + "/clinic.carefs", hardLink] {
      if path == hardLink {
        try FileManager.default.linkItem(atPath: bench.path, toPath: hardLink)
      }
      for _ in 0..<3 {
        let failure = Bench.failure { try bench.open(path).close() }
        #expect(failure?.code == .busy, "\(path)")
        if path != hardLink {
          #expect(failure?.message.contains("this process") == true, "\(failure?.message ?? "")")
        }
      }
      #expect(
        Bench.failure { _ = try Database.compact(path: path, options: Bench.options()) }?.code
          == .busy)
    }
    try Bench.insert(6...10, into: db)
    try FileManager.default.removeItem(atPath: hardLink)
    try db.close()
    try bench.expectRows(10)
  }

  #if os(Linux)
    /// Classic record locks go when any descriptor of the file is closed. Here nothing is lost.
    @Test func aClosedDescriptorTakesNoLockAlong() throws {
      let bench = try Bench()
      let db = try bench.create()
      try Bench.insert(1...5, into: db)
      for flags in [O_RDONLY, O_RDWR] {
        let descriptor = Glibc.open(bench.path, flags)
        #expect(descriptor > 2)
        Glibc.close(descriptor)
      }
      try bench.open(readOnly: true).close()
      let other = try Program.run(Program.probe, ["probe", "open", bench.path])
      #expect(other.output.hasPrefix("busy "), "\(other.output)")
      #expect(Bench.failure { try bench.open().close() }?.code == .busy)
      try db.close()
      let later = try Program.run(Program.carefs, ["count", bench.path, "patients"])
      #expect(later.output == "5\n")
    }

    @Test func theLockEndsWithItsHolder() throws {
      let bench = try Bench()
      let holder = Process()
      let output = Pipe()
      holder.executableURL = URL(fileURLWithPath: Program.probe)
      holder.arguments = ["worker", bench.path]
      holder.standardOutput = output
      try holder.run()
      _ = output.fileHandleForReading.availableData
      let beside = try Program.run(Program.probe, ["probe", "open", bench.path])
      #expect(beside.output.contains("process \(holder.processIdentifier)"), "\(beside.output)")
      kill(holder.processIdentifier, SIGKILL)
      holder.waitUntilExit()
      let after = try Program.run(Program.probe, ["probe", "open", bench.path])
      #expect(after.output.contains("done"), "\(after.output)")
    }

    /// The child is refused everything, the parent goes on, and a child that lives on holds no lock.
    @Test func afterForkTheChildIsRefused() throws {
      let bench = try Bench()
      let run = try Program.run(Program.probe, ["probe", "fork", bench.path])
      #expect(run.status == 0)
      #expect(
        run.lines == ["child closed closed closed done busy", "status 0", "parent "]
          || run.lines == ["child closed closed closed done busy", "status 0", "parent"],
        "\(run.output)")
    }
  #endif

  /// A lock call that fails is an error that says so, and leaves no handle that would write.
  @Test(arguments: [EIO, ENOLCK, EOPNOTSUPP, EINVAL, EINTR])
  func aLockThatFails(number: Int32) throws {
    // The simulated file system: the error as the seam gives it.
    let simulated = SimulatedFileSystem()
    var options = Bench.options()
    options.fileSystem = simulated
    try Database.create(path: "/db", schema: Bench.schema, options: options).close()
    let before = simulated.contents(of: "/db")
    simulated.inject(
      InjectedFault([.lock], error: StoreError(.io, "cannot lock /db", errno: number)))
    let failure = Bench.failure {
      try Database.open(path: "/db", options: options).close()
    }
    #expect(failure?.code == .io && failure?.systemError == number)
    #expect(simulated.contents(of: "/db") == before)
    simulated.clearFaults()
    try Database.open(path: "/db", options: options).close()

    // The system's own call.
    let bench = try Bench()
    try bench.fill()
    let asked = Counter()
    options.fileSystem = PosixFileSystem(
      filter: SystemCallFilter { call, _ in
        // An interrupted call is made again.
        guard call == .lock, asked.next() <= (number == EINTR ? 3 : .max) else { return .proceed }
        return .fails(number)
      })
    let real = Bench.failure { try Database.open(path: bench.path, options: options).close() }
    if number == EINTR {
      #expect(real == nil)
    } else {
      #expect(real?.code == .io && real?.systemError == number)
      #expect(real?.message.contains("cannot lock") == true)
      #expect(number == EIO || real?.message.contains("use a local one") == true)
    }
    try bench.expectRows(20)
  }

  /// A reader that cannot ask for the writer is refused or reads a moment.
  @Test func aReaderThatCannotAskForTheWriter() throws {
    let bench = try Bench()
    let db = try bench.create()
    try Bench.insert(1...20, into: db)
    var options = Bench.options(readOnly: true)
    options.fileSystem = PosixFileSystem(
      filter: SystemCallFilter { call, _ in call == .lock ? .fails(EIO) : .proceed })
    let failure = Bench.failure { try Database.open(path: bench.path, options: options).close() }
    #expect(failure?.code == .io && failure?.systemError == EIO)
    try db.close()
  }
}

/// A number that threads count up.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0
  func next() -> Int {
    lock.withLock {
      value += 1
      return value
    }
  }
}
