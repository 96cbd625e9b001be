import PageStore

/// The bytes of one file: those it began with, and the blocks written since.
final class FuzzFileBody: @unchecked Sendable {
  private static let block = 4096

  let identity: FileIdentity
  private(set) var size: Int
  var holder: ObjectIdentifier?
  /// The most bytes that were written at once.
  private(set) var largestWrite = 0
  private let first: [UInt8]
  /// How many of the first bytes still show.
  private var firstCount: Int
  private var blocks: [Int: [UInt8]] = [:]

  init(inode: UInt64, _ bytes: [UInt8]) {
    identity = FileIdentity(device: 7, inode: inode, linkCount: 1, isRegular: true)
    first = bytes
    firstCount = bytes.count
    size = bytes.count
  }

  var contents: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    guard offset < UInt64(size) else { return 0 }
    let start = Int(offset)
    let count = min(buffer.count, size - start)
    forEachPiece(start, count) { number, range, done in
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + range.count])
      if let block = blocks[number] {
        target.copyBytes(from: block[range])
      } else {
        copyFirst(number * Self.block + range.lowerBound, to: target)
      }
    }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at start: Int) {
    largestWrite = max(largestWrite, bytes.count)
    forEachPiece(start, bytes.count) { number, range, done in
      let piece = bytes[done..<done + range.count]
      if range.count == Self.block, piece.allSatisfy({ $0 == 0 }) {
        blocks[number] = Self.zeros
        return
      }
      var block = blocks.removeValue(forKey: number) ?? original(number)
      block.withUnsafeMutableBytes {
        UnsafeMutableRawBufferPointer(rebasing: $0[range]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: piece))
      }
      blocks[number] = block
    }
    size = max(size, start + bytes.count)
  }

  /// Whole blocks of zeros share one, so that a size that an input claims takes no memory.
  func zero(_ count: Int, at start: Int) {
    forEachPiece(start, count) { number, range, _ in
      if range.count == Self.block {
        blocks[number] = Self.zeros
      } else {
        var block = blocks.removeValue(forKey: number) ?? original(number)
        for place in range { block[place] = 0 }
        blocks[number] = block
      }
    }
    size = max(size, start + count)
  }

  private static let zeros = [UInt8](repeating: 0, count: block)

  func resize(to newSize: Int) {
    if newSize < size {
      firstCount = min(firstCount, newSize)
      let last = newSize / Self.block
      blocks = blocks.filter { $0.key <= last }
      if let keep = blocks[last]?.prefix(newSize % Self.block) {
        blocks[last] = Array(keep) + Array(repeating: 0, count: Self.block - keep.count)
      }
    }
    size = newSize
  }

  private func original(_ number: Int) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.block)
    block.withUnsafeMutableBytes { copyFirst(number * Self.block, to: $0) }
    return block
  }

  private func copyFirst(_ start: Int, to target: UnsafeMutableRawBufferPointer) {
    let count = max(min(firstCount - start, target.count), 0)
    if count > 0 { target.copyBytes(from: first[start..<start + count]) }
    for place in count..<target.count { target[place] = 0 }
  }

  private func forEachPiece(
    _ start: Int, _ count: Int, _ body: (_ block: Int, _ range: Range<Int>, _ done: Int) -> Void
  ) {
    var done = 0
    while done < count {
      let (number, place) = (start + done).quotientAndRemainder(dividingBy: Self.block)
      let length = min(Self.block - place, count - done)
      body(number, place..<place + length, done)
      done += length
    }
  }
}

/// A handle.
final class FuzzFile: StorageFile, @unchecked Sendable {
  private let body: FuzzFileBody

  init(_ body: FuzzFileBody) { self.body = body }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int { body.read(into: buffer, at: offset) }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    let (end, overflow) = offset.addingReportingOverflow(UInt64(bytes.count))
    guard !overflow, end <= FuzzFiles.diskBytes else { throw Self.full }
    if bytes.count > 0 { body.write(bytes, at: Int(offset)) }
  }

  func writeZeros(_ count: Int, at offset: UInt64) throws(StoreError) {
    let (end, overflow) = offset.addingReportingOverflow(UInt64(count))
    guard !overflow, end <= FuzzFiles.diskBytes else { throw Self.full }
    body.zero(count, at: Int(offset))
  }

  func truncate(to size: UInt64) throws(StoreError) {
    guard size <= FuzzFiles.diskBytes else { throw Self.full }
    body.resize(to: Int(size))
  }

  private static var full: StoreError { StoreError(.diskFull, "the disk is full", errno: 28) }

  func size() throws(StoreError) -> UInt64 { UInt64(body.size) }
  func sync() throws(StoreError) {}
  func identity() throws(StoreError) -> FileIdentity { body.identity }

  func lockForWriting() throws(StoreError) -> LockResult {
    if let holder = body.holder, holder != ObjectIdentifier(self) { return .held(processID: 1) }
    body.holder = ObjectIdentifier(self)
    return .acquired
  }

  func otherWriter() throws(StoreError) -> LockResult? {
    guard let holder = body.holder, holder != ObjectIdentifier(self) else { return nil }
    return .held(processID: 1)
  }

  func close() { if body.holder == ObjectIdentifier(self) { body.holder = nil } }
}
