import CareFSTestSupport

/// Makes new inputs of old ones, as their target's bytes are laid out.
public struct InputMutator {
  /// libFuzzer's own: changes bytes, and answers how many there are now, at most `limit`.
  public typealias Plain = (_ bytes: UnsafeMutableRawPointer, _ count: Int, _ limit: Int) -> Int

  private let shape: FuzzTarget.Shape
  private let plain: Plain

  /// A mutator for a target.
  public init(_ target: FuzzTarget, plain: @escaping Plain) {
    shape = target.shape
    self.plain = plain
  }

  /// Changes the first `count` bytes of a buffer; answers how many there are now.
  public func mutate(
    _ buffer: UnsafeMutableRawBufferPointer, count: Int, seed: UInt32
  ) -> Int {
    var random = SeededRandom(UInt64(seed))
    switch shape {
    case .text(let words):
      return TextMutator(words: words, plain: plain).mutate(buffer, count: count, &random)
    case .pages:
      let count = resize(buffer, count, &random)
      guard let pages = buffer.part(0, count) else { return count }
      change(pages: pages, random)
      return count
    case .pair: return mutatePair(buffer, count, &random)
    }
  }

  private func inPlace(_ part: UnsafeMutableRawBufferPointer) {
    if let base = part.baseAddress, part.count > 0 { _ = plain(base, part.count, part.count) }
  }

  private func change(pages: UnsafeMutableRawBufferPointer, _ random: SeededRandom) {
    var mutator = PageMutator(pages, random, inPlace: inPlace)
    mutator.run()
  }

  /// Now and then the file ends elsewhere.
  private func resize(
    _ buffer: UnsafeMutableRawBufferPointer, _ count: Int, _ random: inout SeededRandom
  ) -> Int {
    guard random.below(32) == 0, count > 0 else { return count }
    let units = [1, 512, 4096, 4096][random.below(4)]
    let next = max(count + (random.below(5) - 2) * units, 1)
    guard next <= buffer.count else { return count }
    for place in count..<max(next, count) { buffer[place] = UInt8(truncatingIfNeeded: place / 7) }
    return next
  }

  private func mutatePair(
    _ buffer: UnsafeMutableRawBufferPointer, _ count: Int, _ random: inout SeededRandom
  ) -> Int {
    let count = resize(buffer, count, &random)
    guard let whole = buffer.part(0, count),
      let split = FilePair.split(UnsafeRawBufferPointer(whole)),
      let pages = whole.part(4, split - 4), let log = whole.part(split, count - split)
    else { return plainly(buffer, count) }
    if random.below(32) == 0 { whole.setField(0, 4, UInt64(random.below(count))) }
    let choice = random.below(8)
    var logMutator = LogMutator(log, of: pages, SeededRandom(random.next()), inPlace: inPlace)
    if choice < 5 { logMutator.run() }
    if choice > 3 {
      change(pages: pages, SeededRandom(random.next()))
      // Another file id, and the log must follow it.
      if random.below(4) > 0 {
        LogMutator(log, of: pages, random, inPlace: inPlace).stamp()
      }
    }
    return count
  }

  private func plainly(_ buffer: UnsafeMutableRawBufferPointer, _ count: Int) -> Int {
    guard let base = buffer.baseAddress else { return count }
    return plain(base, count, buffer.count)
  }
}
