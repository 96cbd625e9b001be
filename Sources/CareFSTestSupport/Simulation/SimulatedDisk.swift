/// What a disk holds for good, and what it was told and may still forget.
struct SimulatedDisk: Sendable {
  static let sectorSize = 512

  struct File: Sendable {
    /// What the running system reads.
    var live = DiskBytes()
    /// What a power cut leaves at least.
    var durable = DiskBytes()
    var unsynced: [(change: Change, operation: Int)] = []
    var path: String
  }

  enum Change: Sendable {
    case sector(Int, DiskBytes)
    case size(Int)
  }

  enum NameChange: Sendable {
    case set(String, Int)
    case move(from: String, to: String, Int)
    case clear(String)
  }

  var files: [Int: File] = [:]
  var names: [String: Int] = [:]
  var durableNames: [String: Int] = [:]
  var unsyncedNames: [(change: NameChange, operation: Int, path: String)] = []

  // MARK: Operations

  mutating func apply(_ action: JournalEntry.Action, operation: Int) {
    switch action {
    case .create(let path, let inode):
      files[inode] = File(path: path)
      names[path] = inode
      unsyncedNames.append((.set(path, inode), operation, path))
    case .write(let inode, let offset, let bytes):
      bytes.withBytes(0..<bytes.count) {
        files[inode]?.write($0, at: offset, operation: operation)
      }
    case .truncate(let inode, let size):
      files[inode]?.live.resize(to: size)
      files[inode]?.unsynced.append((.size(size), operation))
    case .sync(let inode): files[inode]?.settle { _, _ in .kept }
    case .forget(let inode): files[inode]?.unsynced = []
    case .rename(let from, let to):
      guard let inode = names.removeValue(forKey: from) else { return }
      names[to] = inode
      files[inode]?.path = to
      unsyncedNames.append((.move(from: from, to: to, inode), operation, to))
    case .remove(let path):
      names[path] = nil
      unsyncedNames.append((.clear(path), operation, path))
    case .syncDirectory: settleNames { _, _ in .kept }
    }
  }

  // MARK: A power cut

  /// Everything that a power cut may take, in the order of writing.
  func unsyncedItems() -> [UnsyncedItem] {
    var items = unsyncedNames.map {
      UnsyncedItem(kind: .name, path: $0.path, operation: $0.operation, inode: 0)
    }
    for inode in files.keys.sorted() {
      guard let file = files[inode] else { continue }
      for (change, operation) in file.unsynced {
        switch change {
        case .sector(let index, _):
          items.append(
            UnsyncedItem(
              kind: .sector(index: index), path: file.path, operation: operation, inode: inode))
        case .size(let size):
          items.append(
            UnsyncedItem(kind: .size(size), path: file.path, operation: operation, inode: inode))
        }
      }
    }
    let order = items.indices.sorted {
      (items[$0].operation, $0) < (items[$1].operation, $1)
    }
    return order.map { items[$0] }
  }

  /// What a disk holds after a cut that leaves what `survival` says.
  func afterPowerCut(_ survival: Survival) -> SimulatedDisk {
    let items = unsyncedItems()
    // The n-th item of each kind and file, told by its place in the order of writing.
    var nameFates: [Fate] = []
    var fileFates: [Int: [Fate]] = [:]
    for (index, item) in items.enumerated() {
      let fate = survival.fate(item, index, items.count)
      if case .name = item.kind {
        nameFates.append(fate)
      } else {
        fileFates[item.inode, default: []].append(fate)
      }
    }
    var disk = self
    disk.settleNames { _, index in nameFates[index] }
    for inode in files.keys {
      guard var file = disk.files[inode] else { continue }
      let fates = fileFates[inode] ?? []
      file.settle { _, index in index < fates.count ? fates[index] : .lost }
      file.live = file.durable
      disk.files[inode] = file
    }
    disk.names = disk.durableNames
    let named = Set(disk.names.values)
    disk.files = disk.files.filter { named.contains($0.key) }
    return disk
  }

  private mutating func settleNames(_ fate: (NameChange, Int) -> Fate) {
    for (index, item) in unsyncedNames.enumerated() where fate(item.change, index) == .kept {
      switch item.change {
      case .set(let path, let inode): durableNames[path] = inode
      case .move(let from, let to, let inode):
        if durableNames[from] == inode { durableNames[from] = nil }
        durableNames[to] = inode
      case .clear(let path): durableNames[path] = nil
      }
    }
    unsyncedNames = []
  }
}

extension SimulatedDisk.File {
  private static let sector = SimulatedDisk.sectorSize

  init(path: String) { self.path = path }

  mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, operation: Int) {
    guard bytes.count > 0 else { return }
    let end = offset + bytes.count
    if end > live.count {
      live.resize(to: end)
      unsynced.append((.size(end), operation))
    }
    live.write(bytes, at: offset)
    for index in (offset / Self.sector)...((end - 1) / Self.sector) {
      let start = index * Self.sector
      let copy = live.withBytes(start..<start + Self.sector) { DiskBytes($0) }
      unsynced.append((.sector(index, copy), operation))
    }
  }

  /// Gives each unsynced change its fate; afterwards there is none.
  mutating func settle(_ fate: (SimulatedDisk.Change, Int) -> Fate) {
    guard !unsynced.isEmpty else { return }
    var size = durable.count
    for (index, item) in unsynced.enumerated() {
      let fate = fate(item.change, index)
      guard fate != .lost else { continue }
      switch item.change {
      case .size(let new):
        // What lies behind a cut is gone, also when the file grows again.
        if new < size { durable.resize(to: new) }
        size = new
      case .sector(let index, let bytes):
        let start = index * Self.sector
        if durable.count < start + bytes.count { durable.resize(to: start + bytes.count) }
        put(bytes, at: start, fate)
      }
    }
    durable.resize(to: size)
    unsynced = []
  }

  private mutating func put(_ bytes: DiskBytes, at start: Int, _ fate: Fate) {
    switch fate {
    case .lost: return
    case .kept: bytes.withBytes(0..<bytes.count) { durable.write($0, at: start) }
    // The last sector of a file may be shorter than what is torn of it.
    case .tornPrefix(let n): bytes.withBytes(0..<n) { durable.write($0, at: start) }
    case .tornSuffix(let n) where n < bytes.count:
      bytes.withBytes(n..<bytes.count) { durable.write($0, at: start + n) }
    case .tornSuffix: return
    case .garbage(let seed):
      var random = SeededRandom(seed)
      let words = (0..<(bytes.count + 7) / 8).map { _ in random.next() }
      words.withUnsafeBytes {
        durable.write(UnsafeRawBufferPointer(rebasing: $0[..<bytes.count]), at: start)
      }
    }
  }
}
