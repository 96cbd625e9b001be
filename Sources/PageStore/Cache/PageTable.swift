import Synchronization

/// What memory knows of one page.
struct PageEntry: ~Copyable {
  /// The newest committed version, or 0 when only the page file has it.
  let head = Atomic<UInt>(0)
  /// The version of the running write transaction, or 0. Touched by the writer alone.
  var own: UInt = 0
  /// The bytes of the newest committed version, or 0 while they are not in memory: most readers
  /// need no more, and are spared the version's cache line.
  let newest = Atomic<UInt>(0)
  /// Set by readers of `newest`, cleared by the eviction hand (second chance).
  let isReferenced = Atomic<Bool>(false)
}

/// From page number to entry: a directory of chunks, read without a lock.
///
/// Chunks are never moved. A grown directory replaces the smaller one, which stays until the table
/// goes, since a reader may be inside it; growth by doubling bounds what that costs.
final class PageTable: @unchecked Sendable {
  static let chunkShift: UInt32 = 12
  static let chunkSize = 1 << 12

  private typealias Slot = Atomic<UInt>
  private let directory = Atomic<UInt>(0)
  private var retired: [(UnsafeMutablePointer<Slot>, Int)] = []
  private var chunks: [UnsafeMutablePointer<PageEntry>] = []

  init() { installDirectory(capacity: 64) }

  deinit {
    for (slots, count) in retired {
      slots.deinitialize(count: count + 1)
      slots.deallocate()
    }
    for chunk in chunks {
      chunk.deinitialize(count: Self.chunkSize)
      chunk.deallocate()
    }
  }

  /// The entry of `page`, or nil when none was made yet.
  @inline(__always)
  func entry(_ page: PageNumber) -> UnsafeMutablePointer<PageEntry>? {
    guard
      let slots = UnsafeMutablePointer<Slot>(bitPattern: directory.load(ordering: .acquiring))
    else { return nil }
    let index = Int(page &>> Self.chunkShift)
    guard index < Int(bitPattern: slots[0].load(ordering: .relaxed)),
      let chunk = UnsafeMutablePointer<PageEntry>(
        bitPattern: slots[index &+ 1].load(ordering: .acquiring))
    else { return nil }
    return chunk + Int(page & UInt32(truncatingIfNeeded: Self.chunkSize &- 1))
  }

  /// The entry of `page`, made when there is none. Under the cache's lock.
  func makeEntry(_ page: PageNumber) -> UnsafeMutablePointer<PageEntry> {
    if let entry = entry(page) { return entry }
    let index = Int(page >> Self.chunkShift)
    while index >= capacity { installDirectory(capacity: capacity * 2) }
    let chunk = UnsafeMutablePointer<PageEntry>.allocate(capacity: Self.chunkSize)
    for i in 0..<Self.chunkSize { (chunk + i).initialize(to: PageEntry()) }
    chunks.append(chunk)
    if let (slots, _) = retired.last {
      slots[index + 1].store(UInt(bitPattern: chunk), ordering: .releasing)
    }
    return chunk + Int(page & UInt32(Self.chunkSize - 1))
  }

  private var capacity: Int { retired.last?.1 ?? 0 }

  private func installDirectory(capacity: Int) {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity + 1)
    slots.initialize(to: Slot(UInt(capacity)))
    for i in 0..<capacity {
      var old: UInt = 0
      if let (before, count) = retired.last, i < count {
        old = before[i + 1].load(ordering: .relaxed)
      }
      (slots + (i + 1)).initialize(to: Slot(old))
    }
    retired.append((slots, capacity))
    directory.store(UInt(bitPattern: slots), ordering: .releasing)
  }
}
