import Synchronization

/// Where one transaction shows what it may be looking at.
struct ReaderSlot: ~Copyable {
  /// The epoch in which it entered, or 0 while it holds no page pointer.
  let epoch = Atomic<UInt64>(0)
  /// The LSN that it reads at; meaningful while `isInUse`. Under the cache's lock.
  var snapshot: LSN = 0
  var isInUse = false
  /// Old versions that this snapshot keeps.
  let held = HeldVersions()
  // Slots of different threads must not share a cache line.
  private var padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0, 0, 0, 0, 0, 0, 0, 0, 0
  )
}

/// A list apart from its slot, whose epoch is written without the lock at the same time.
final class HeldVersions {
  var list: [Superseded] = []
}

/// A version that a newer one has replaced.
struct Superseded {
  var page: PageNumber
  var lsn: LSN
  var successor: LSN
}

/// The slots of all transactions of one store. Everything but `epoch` is under the cache's lock.
struct ReaderSlots {
  private static let blockSize = 64
  private var blocks: [UnsafeMutablePointer<ReaderSlot>] = []
  private var free: [UnsafeMutablePointer<ReaderSlot>] = []
  /// Snapshots in use, ascending.
  private(set) var snapshots: [LSN] = []

  mutating func take(snapshot: LSN) -> UnsafeMutablePointer<ReaderSlot> {
    if free.isEmpty {
      let block = UnsafeMutablePointer<ReaderSlot>.allocate(capacity: Self.blockSize)
      for i in 0..<Self.blockSize {
        (block + i).initialize(to: ReaderSlot())
        free.append(block + (Self.blockSize - 1 - i))
      }
      blocks.append(block)
    }
    let slot = free.removeLast()
    slot.pointee.snapshot = snapshot
    slot.pointee.isInUse = true
    snapshots.insert(snapshot, at: firstIndex(atLeast: snapshot))
    return slot
  }

  /// Gives a slot back; answers what its snapshot kept.
  mutating func give(_ slot: UnsafeMutablePointer<ReaderSlot>) -> [Superseded] {
    let index = firstIndex(atLeast: slot.pointee.snapshot)
    if index < snapshots.count { snapshots.remove(at: index) }
    slot.pointee.isInUse = false
    free.append(slot)
    let held = slot.pointee.held
    guard !held.list.isEmpty else { return [] }
    defer { held.list = [] }
    return held.list
  }

  /// A slot whose snapshot is in `low..<high`, the highest such.
  func holder(from low: LSN, below high: LSN) -> UnsafeMutablePointer<ReaderSlot>? {
    let index = firstIndex(atLeast: high)
    guard index > 0, snapshots[index - 1] >= low else { return nil }
    let snapshot = snapshots[index - 1]
    for block in blocks {
      for i in 0..<Self.blockSize {
        let slot = block + i
        if slot.pointee.isInUse && slot.pointee.snapshot == snapshot { return slot }
      }
    }
    return nil
  }

  func isAnySnapshot(below lsn: LSN) -> Bool { (snapshots.first ?? .max) < lsn }

  /// The oldest epoch that a transaction may be inside, or `.max`.
  func oldestEpoch() -> UInt64 {
    var oldest = UInt64.max
    for block in blocks {
      for i in 0..<Self.blockSize {
        let epoch = (block + i).pointee.epoch.load(ordering: .sequentiallyConsistent)
        if epoch != 0 && epoch < oldest { oldest = epoch }
      }
    }
    return oldest
  }

  func destroy() {
    for block in blocks {
      block.deinitialize(count: Self.blockSize)
      block.deallocate()
    }
  }

  private func firstIndex(atLeast lsn: LSN) -> Int {
    var low = 0
    var high = snapshots.count
    while low < high {
      let middle = (low + high) / 2
      if snapshots[middle] < lsn { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
