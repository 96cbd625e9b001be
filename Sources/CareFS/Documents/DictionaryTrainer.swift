/// Makes a dictionary from samples of a column's documents.
///
/// It takes only passages that occur in at least ``leastDocuments`` samples: what a single document
/// says (a name, a note) neither helps others nor should outlive the document's deletion.
struct DictionaryTrainer {
  /// In how many samples a passage must occur.
  static let leastDocuments = 3
  /// The length in bytes of the pieces that are counted.
  private static let gram = 8
  /// The shortest passage worth a place.
  private static let leastPassage = 12

  private let samples: [[UInt8]]
  private let mask: Int
  /// In how many samples a piece with this hash occurs, 255 at most. Collisions only cost quality.
  private var counts: [UInt8]
  /// The last sample, plus 1, that was counted for a hash.
  private var seen: [UInt32]

  init(samples: [[UInt8]]) {
    self.samples = samples
    let total = samples.reduce(0) { $0 + $1.count }
    var size = 1 << 12
    while size < total, size < 1 << 20 { size <<= 1 }
    mask = size - 1
    counts = [UInt8](repeating: 0, count: size)
    seen = [UInt32](repeating: 0, count: size)
  }

  /// The dictionary, at most `limit` bytes; the most frequent passages stand last, where LZ4
  /// reaches them longest. Empty if the samples have little in common.
  mutating func train(limit: Int) -> [UInt8] {
    count()
    var passages = collect()
    passages.sort { $0.weight > $1.weight }
    var chosen: [Passage] = []
    var length = 0
    for passage in passages where length < limit {
      chosen.append(passage)
      length += passage.range.count
    }
    var dictionary: [UInt8] = []
    dictionary.reserveCapacity(length)
    for passage in chosen.reversed() {
      dictionary += samples[passage.sample][passage.range]
    }
    return Array(dictionary.suffix(limit))
  }

  private struct Passage {
    let sample: Int
    let range: Range<Int>
    /// The mean count of the passage's pieces.
    let weight: Int
  }

  private mutating func count() {
    for (index, sample) in samples.enumerated() {
      let mark = UInt32(truncatingIfNeeded: index + 1)
      forEachHash(sample) { _, hash in
        guard seen[hash] != mark else { return }
        seen[hash] = mark
        if counts[hash] < 255 { counts[hash] += 1 }
      }
    }
  }

  /// The longest passages of common pieces, each piece taken from the first sample that has it.
  private mutating func collect() -> [Passage] {
    var passages: [Passage] = []
    for index in seen.indices { seen[index] = 0 }
    for (index, sample) in samples.enumerated() {
      var start = -1
      var weight = 0
      var pieces = 0
      var taken: [Int] = []
      func close(at end: Int) {
        if start >= 0, end - start >= DictionaryTrainer.leastPassage {
          passages.append(
            Passage(sample: index, range: start..<end, weight: weight / max(pieces, 1)))
          for hash in taken { seen[hash] = 1 }
        }
        start = -1
        weight = 0
        pieces = 0
        taken.removeAll(keepingCapacity: true)
      }
      forEachHash(sample) { offset, hash in
        guard Int(counts[hash]) >= DictionaryTrainer.leastDocuments, seen[hash] == 0 else {
          // The passage's last piece began one byte earlier.
          close(at: offset + DictionaryTrainer.gram - 1)
          return
        }
        if start < 0 { start = offset }
        weight += Int(counts[hash])
        pieces += 1
        taken.append(hash)
      }
      close(at: sample.count)
    }
    return passages
  }

  private func forEachHash(_ sample: [UInt8], _ body: (Int, Int) -> Void) {
    guard sample.count >= DictionaryTrainer.gram else { return }
    sample.withUnsafeBytes { bytes in
      for offset in 0...(bytes.count - DictionaryTrainer.gram) {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        body(offset, Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask)
      }
    }
  }
}
