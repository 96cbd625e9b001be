#if TEST_SWITCHES
  import CareFSTestSupport
  import PageStore

  /// Schedules of few threads on few pages in the smallest cache. Each kind of them is one in which a
  /// race was found once: undo what mended it, and some of its schedules fail.
  struct PageRaces: Sendable {
    /// What was found, and how the threads are set up to come across it.
    enum Kind: String, CaseIterable {
      /// A page that was spilled between being found and being pinned changed under its reader.
      case pinAfterSpill
      /// A checkpoint let go of a version that a reader had loaded just then.
      case lateLoad
      /// A reader that others overtook with loads of the same page gave up.
      case overtaken
    }

    let kind: Kind
    let seed: UInt64

    /// How many schedules of each kind are tried: some of these find each of the three.
    static let schedules: UInt64 = 40

    /// Runs all of them; what failed.
    static func failures(threads: Int) -> [String] {
      let failures = LockedList()
      for kind in Kind.allCases {
        Workers.run(Int(schedules), threads: threads) { index in
          let races = PageRaces(kind: kind, seed: UInt64(index))
          guard let failure = races.run() else { return }
          failures.add("\(kind), schedule \(index): \(failure)")
        }
      }
      return failures.all
    }

    /// What went wrong in this schedule; nil when all was well.
    func run() -> String? {
      let run = PageRace(kind, seed)
      let outcome = Scheduler(seed: seed, patience: patience).run { run.run() }
      return run.failure ?? outcome.problem
    }

    private var patience: Int { [2, 3, 8, 40][Int(seed % 4)] }
  }

  /// Strings from several threads.
  private final class LockedList: @unchecked Sendable {
    private let lock = Lock()
    private var items: [String] = []

    func add(_ item: String) { lock.with { items.append(item) } }
    var all: [String] { lock.with { items } }
  }

  /// One schedule: a writer, a checkpointer and readers of snapshots.
  private final class PageRace: @unchecked Sendable {
    private static let owner: UInt32 = 7
    private static let place = 64

    private let kind: PageRaces.Kind
    private let seed: UInt64
    private let commits: Int
    private let readers: Int
    private let pageCount: Int
    private var pages: [PageNumber] = []
    /// What each page holds after each commit. Threads run one at a time.
    private var states: [[UInt64]] = []
    private var isWriting = true
    private(set) var failure: String?

    init(_ kind: PageRaces.Kind, _ seed: UInt64) {
      self.kind = kind
      self.seed = seed
      commits = 12
      readers = kind == .overtaken ? 7 : 3
      pageCount = 24
    }

    func run() {
      do { try runAll() } catch { note(error) }
    }

    private func note(_ error: any Error) {
      if failure == nil { failure = "\(error)" }
      isWriting = false
    }

    private func runAll() throws {
      var options = PagerOptions()
      options.pageSize = 4096
      options.cacheBytes = 0
      options.segmentSize = 32 << 10
      options.hasBackgroundCheckpoints = false
      let source = SeedSource(seed)
      options.random = { source.next() }
      options.clock = { source.time() }
      let pager = try Pager.create(
        path: "race", fileSystem: ScheduledFileSystem(SimulatedFileSystem()), options: options)
      try fill(pager)
      let others = (0..<readers).map { index in
        Scheduler.start { [self] in
          do { try read(pager, index) } catch { note(error) }
        }
      }
      let keeper = Scheduler.start { [self] in
        do { while isWriting { try pager.checkpoint() } } catch { note(error) }
      }
      do { for number in 1...commits where isWriting { try write(pager, number) } } catch {
        note(error)
      }
      isWriting = false
      for other in others { other.join() }
      keeper.join()
      try pager.close()
    }

    private func fill(_ pager: Pager) throws {
      let tx = try pager.beginWrite()
      tx.enter()
      for _ in 0..<pageCount {
        let editor = try tx.allocate(kind: .tree, owner: Self.owner)
        editor.writeUInt64(0, at: Self.place)
        pages.append(editor.number)
      }
      tx.leave()
      states = [[UInt64](repeating: 0, count: pageCount)]
      try tx.commit()
      try pager.checkpoint()
    }

    /// Changes some pages. The first one counts the commits.
    private func write(_ pager: Pager, _ number: Int) throws {
      var random = SeededRandom(seed &* 31 &+ UInt64(number))
      var state = states[number - 1]
      let tx = try pager.beginWrite()
      var changed: Set<Int> = [0]
      for _ in 0..<2 + random.below(8) { changed.insert(random.below(pageCount)) }
      for index in changed.sorted() {
        tx.enter()
        let editor = try tx.edit(pages[index], kind: .tree, owner: Self.owner)
        editor.writeUInt64(UInt64(number), at: Self.place)
        tx.leave()
        state[index] = UInt64(number)
      }
      states.append(state)
      try tx.commit()
      Scheduler.pass("a commit")
    }

    private func read(_ pager: Pager, _ index: Int) throws {
      var random = SeededRandom(seed &* 17 &+ UInt64(index))
      while isWriting {
        let tx = try pager.beginRead()
        defer { tx.rollback() }
        let number = Int(try look(tx, at: 0, pins: false, &random))
        let state = states[number]
        // Some snapshots live long, beside newer ones.
        for _ in 0..<(index == 0 ? 40 : 3 + random.below(12)) {
          var chosen = random.below(pageCount)
          // Who is overtaken looks for the same page as the others do, and it is soon gone again.
          if kind == .overtaken, random.below(3) > 0 { chosen = 1 }
          let pins = kind == .pinAfterSpill || random.below(4) == 0
          let found = try look(tx, at: chosen, pins: pins, &random)
          guard found == state[chosen] else {
            throw SeedFailure("page \(chosen) of commit \(number) holds \(found)")
          }
        }
      }
    }

    private func look(
      _ tx: PageTransaction, at index: Int, pins: Bool, _ random: inout SeededRandom
    ) throws -> UInt64 {
      func value(_ base: UnsafeRawPointer) -> UInt64 {
        base.loadUnaligned(fromByteOffset: Self.place, as: UInt64.self)
      }
      guard pins else {
        tx.enter()
        defer { tx.leave() }
        return value(try tx.page(pages[index], kind: .tree, owner: Self.owner))
      }
      let page = try tx.pin(pages[index], kind: .tree, owner: Self.owner)
      defer { tx.unpin(page) }
      let before = value(page.base)
      for _ in 0..<random.below(12) { Scheduler.pass("with a pin") }
      guard value(page.base) == before else {
        throw SeedFailure("page \(index) changed from \(before) under its pin")
      }
      return before
    }
  }
#endif
