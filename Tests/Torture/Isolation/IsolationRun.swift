import CareFS
import CareFSTestSupport
import PageStore
import Synchronization

/// One writer that appends its number to lists, readers that read lists in several ways, and
/// checkpoints, all at once; then a look at whether every read was one moment.
final class IsolationRun: Sendable {
  struct Options: Sendable {
    var reads = 100_000
    var readers = 8
    var lists = 48
    var seed: UInt64 = 1
    /// Reads for each commit.
    var readsPerCommit = 50
  }

  /// What one read transaction saw.
  struct Read: Sendable {
    var floor: Int
    var number: Int
    var lists: [(list: Int, values: [Int])]
  }

  private struct Progress: Sendable {
    /// Lists to which each commit appended, and how often.
    var appends: [[Int]] = []
    var aborted: [[Int]] = []
    var problems: [String] = []
  }

  private let options: Options
  private let acknowledged = Atomic<Int>(0)
  private let begun = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  private let hasFailed = Atomic<Bool>(false)
  private let progress = Guarded(Progress())

  init(_ options: Options) { self.options = options }

  /// Runs all threads and answers how many reads there were and what was wrong with them.
  func run() throws -> (reads: Int, anomalies: [String]) {
    var opening = DatabaseOptions()
    opening.fileSystem = MemoryFileSystem()
    opening.cacheBytes = 64 * 4096
    opening.pageSize = 4096
    opening.tuning = {
      $0.segmentSize = 64 << 10
      $0.checkpointLogBytes = 128 << 10
      $0.maximumLogBytes = 1 << 20
    }
    let database = try Database.create(
      path: "lists.carefs", schema: ListTables.schema, options: opening)
    try database.write { try ListTables.fill($0, lists: options.lists) }
    let reads = Guarded<[[Read]]>([])
    let readers = (0..<options.readers).compactMap { index in
      WorkThread.start { [self] in
        let found = read(database, index)
        reads.withLock { $0.append(found) }
      }
    }
    let keeper = WorkThread.start { [self] in keep(database) }
    note { try write(database) }
    for reader in readers { reader.join() }
    isOver.store(true, ordering: .releasing)
    keeper?.join()
    try database.close()
    let all = reads.withLock { $0 }
    return (all.reduce(0) { $0 + $1.count }, judge(all))
  }

  private func note(_ body: () throws -> Void) {
    do { try body() } catch {
      progress.withLock { $0.problems.append("a thread failed: \(error)") }
      hasFailed.store(true, ordering: .releasing)
    }
  }

  // MARK: Threads

  private func write(_ database: Database) throws {
    var random = SeededRandom(options.seed)
    var number = 0
    while number < options.reads / options.readsPerCommit {
      // Not faster than the readers: each state is to be seen.
      if begun.load(ordering: .relaxed) < number * options.readsPerCommit {
        if hasFailed.load(ordering: .acquiring) { return }
        ListTables.pause()
        continue
      }
      let isAborted = random.below(8) == 0
      var lists = (0..<1 + random.below(4)).map { _ in random.below(options.lists) }
      if random.below(6) == 0, let again = lists.first { lists.append(again) }
      do {
        try database.write { tx in
          for list in lists {
            try ListTables.append(isAborted ? -number - 1 : number + 1, to: list, tx, &random)
          }
          try ListTables.setNumber(number + 1, tx)
          if isAborted { throw SeedUndo() }
          progress.withLock { $0.appends.append(lists) }
        }
      } catch is SeedUndo {
        progress.withLock { $0.aborted.append(lists) }
        continue
      }
      number += 1
      acknowledged.store(number, ordering: .releasing)
    }
  }

  private func read(_ database: Database, _ index: Int) -> [Read] {
    var random = SeededRandom(options.seed &+ 1000 &+ UInt64(index))
    var reads: [Read] = []
    note {
      while begun.wrappingAdd(1, ordering: .relaxed).oldValue < options.reads {
        let floor = acknowledged.load(ordering: .acquiring)
        let count = 1 + random.below(4)
        let read = try database.read { tx in
          let lists = try (0..<count).map { _ in
            let list = random.below(options.lists)
            return (list, try ListTables.read(list, tx, &random))
          }
          return Read(floor: floor, number: try ListTables.number(tx), lists: lists)
        }
        reads.append(read)
      }
    }
    return reads
  }

  private func keep(_ database: Database) {
    note {
      while !isOver.load(ordering: .acquiring) {
        try database.checkpoint()
        ListTables.pause()
      }
    }
  }

  // MARK: Judgement

  private func judge(_ threads: [[Read]]) -> [String] {
    let progress = progress.withLock { $0 }
    var problems = progress.problems
    // The lists as the commits made them, and their lengths after each commit.
    var final: [[Int]] = Array(repeating: [], count: options.lists)
    var lengths: [[Int]] = [Array(repeating: 0, count: options.lists)]
    for (index, lists) in progress.appends.enumerated() {
      for list in lists { final[list].append(index + 1) }
      lengths.append(final.map(\.count))
    }
    for (thread, reads) in threads.enumerated() {
      var seen = 0
      for read in reads {
        func add(_ what: String) {
          problems.append("thread \(thread), commit \(read.number): \(what)")
        }
        if read.number < read.floor { add("\(read.floor) was acknowledged before it began") }
        if read.number < seen { add("it has seen \(seen) before") }
        seen = max(seen, read.number)
        guard read.number < lengths.count else {
          add("there is no such commit")
          continue
        }
        for (list, values) in read.lists
        where values[...] != final[list].prefix(lengths[read.number][list]) {
          add("list \(list) is \(values.count) long, \(lengths[read.number][list]) expected")
        }
      }
    }
    // And without a word of commit numbers: no cycle among what was written and read.
    let checker = HistoryChecker(history(progress, threads))
    problems += checker.anomalies.map { "the history has \($0.rawValue)" }
    return problems
  }

  /// The history as it looks from outside. A transaction may append to a list twice: its values are
  /// told apart by their place.
  private func history(_ progress: Progress, _ threads: [[Read]]) -> History {
    var history = History()
    func value(_ number: Int, _ times: Int) -> Int { number * 8 + times }
    func appends(_ lists: [Int], _ number: Int) -> [History.Step] {
      var times: [Int: Int] = [:]
      return lists.map { list in
        defer { times[list, default: 0] += 1 }
        return .append(list: list, value: value(number, times[list] ?? 0))
      }
    }
    for (index, lists) in progress.appends.enumerated() {
      history.transactions.append(.init(steps: appends(lists, index + 1)))
    }
    for (index, lists) in progress.aborted.enumerated() {
      history.transactions.append(
        .init(steps: appends(lists, -index - 1), isCommitted: false))
    }
    for reads in threads {
      for read in reads {
        let steps = read.lists.map { list, values in
          var times = 0
          let told = values.enumerated().map { place, number in
            times = place > 0 && values[place - 1] == number ? times + 1 : 0
            return value(number, times)
          }
          return History.Step.read(list: list, values: told)
        }
        history.transactions.append(.init(steps: steps))
      }
    }
    return history
  }
}
