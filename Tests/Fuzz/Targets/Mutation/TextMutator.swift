import CareFSTestSupport

/// Changes text: libFuzzer's own way, or by a word that means something to the target.
struct TextMutator {
  let words: [String]
  let plain: InputMutator.Plain

  func mutate(
    _ buffer: UnsafeMutableRawBufferPointer, count: Int, _ random: inout SeededRandom
  ) -> Int {
    guard let base = buffer.baseAddress else { return count }
    switch random.below(8) {
    case 0, 1, 2:
      guard !words.isEmpty else { break }
      let word = Array(words[random.below(words.count)].utf8)
      return splice(buffer, count, at: random.below(count + 1), word, replacing: 0)
    case 3:
      guard !words.isEmpty, count > 0 else { break }
      let place = random.below(count)
      let word = Array(words[random.below(words.count)].utf8)
      return splice(
        buffer, count, at: place, word, replacing: random.below(min(count - place, 12) + 1))
    case 4:
      // A part once more.
      guard count > 0 else { break }
      let from = random.below(count)
      let part = Array(buffer[from..<from + 1 + random.below(min(count - from, 40))])
      return splice(buffer, count, at: random.below(count + 1), part, replacing: 0)
    default: break
    }
    return plain(base, count, buffer.count)
  }

  private func splice(
    _ buffer: UnsafeMutableRawBufferPointer, _ count: Int, at place: Int, _ bytes: [UInt8],
    replacing old: Int
  ) -> Int {
    let next = count - old + bytes.count
    guard next <= buffer.count else { return count }
    let tail = Array(buffer[place + old..<count])
    for (offset, byte) in (bytes + tail).enumerated() { buffer[place + offset] = byte }
    return next
  }
}
