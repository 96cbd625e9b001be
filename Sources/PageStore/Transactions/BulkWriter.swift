/// Writes complete pages of a large transaction into the page file while it goes on, on a thread of
/// its own once there are many. Used by one transaction; its memory is a few MiB.
final class BulkWriter: @unchecked Sendable {
  private struct Run {
    var first: PageNumber
    var bytes: RawBuffer
  }

  /// What the pages bear: the position of the record that will name them.
  let lsn: LSN
  private let pager: Pager
  /// What is being filled, by the transaction's thread alone.
  private var filling: Run?
  private var bytesWritten = 0
  private var thread: WorkThread?

  private let lock = Lock()
  // Below: under the lock.
  private var waiting: [Run] = []
  private var free: [RawBuffer] = []
  private var bufferCount = 0
  private var isEnding = false
  private var failure: StoreError?

  private static let runBytes = 1 << 20
  private static let mostBuffers = 4

  init(_ pager: Pager, lsn: LSN) {
    self.pager = pager
    self.lsn = lsn
  }

  /// Takes a copy of a page.
  func add(_ page: PageNumber, _ bytes: UnsafeMutableRawPointer) throws(StoreError) {
    let size = pager.pageSize
    if let run = filling,
      UInt64(run.first) + UInt64(run.bytes.count / size) != UInt64(page)
        || run.bytes.count + size > Self.runBytes
    {
      try handOver()
    }
    if filling == nil { filling = Run(first: page, bytes: try takeBuffer()) }
    filling?.bytes.append(UnsafeRawBufferPointer(start: bytes, count: size))
  }

  /// Returns when all pages are written, which does not mean that they are on the disk.
  func finish() throws(StoreError) {
    try handOver()
    end()
    if let failure = lock.with({ failure }) { throw failure }
  }

  /// Writes nothing more.
  func cancel() {
    filling = nil
    lock.with { waiting.removeAll() }
    end()
  }

  private func end() {
    lock.with {
      isEnding = true
      lock.broadcast()
    }
    thread?.join()
  }

  private func takeBuffer() throws(StoreError) -> RawBuffer {
    try lock.with { () throws(StoreError) -> RawBuffer in
      while true {
        if let failure { throw failure }
        if let buffer = free.popLast() { return buffer }
        if bufferCount < Self.mostBuffers {
          bufferCount += 1
          return RawBuffer(capacity: Self.runBytes)
        }
        lock.wait()
      }
    }
  }

  private func handOver() throws(StoreError) {
    guard let run = filling else { return }
    filling = nil
    // A thread is not worth it for less.
    if bytesWritten >= Self.runBytes, thread == nil {
      thread = WorkThread.start { [self] in work() }
    }
    bytesWritten += run.bytes.count
    guard thread == nil else {
      return lock.with {
        waiting.append(run)
        lock.broadcast()
      }
    }
    defer { lock.with { giveBack(run) } }
    do throws(StoreError) {
      try write(run)
    } catch {
      lock.with { failure = failure ?? error }
      throw error
    }
  }

  private func giveBack(_ run: Run) {
    run.bytes.count = 0
    free.append(run.bytes)
  }

  private func work() {
    while let run = next() {
      var found: StoreError?
      do throws(StoreError) {
        try write(run)
      } catch {
        found = error
      }
      lock.with {
        failure = failure ?? found
        if failure != nil { waiting.removeAll() }
        giveBack(run)
        lock.broadcast()
      }
    }
  }

  private func next() -> Run? {
    lock.with {
      while waiting.isEmpty {
        if isEnding { return nil }
        lock.wait()
      }
      return waiting.removeFirst()
    }
  }

  private func write(_ run: Run) throws(StoreError) {
    let size = pager.pageSize
    let count = run.bytes.count / size
    for index in 0..<count {
      let page = run.bytes.base + index * size
      page.set64(PageHeader.lsn, lsn)
      pager.checksum.stamp(page, run.first + PageNumber(index))
    }
    let place = UInt64(run.first) * UInt64(size)
    try pager.file.write(run.bytes.bytes, at: place)
    pager.file.beginWriteBack(run.bytes.count, at: place)
    pager.pagesWritten.wrappingAdd(UInt64(count), ordering: .relaxed)
  }
}
