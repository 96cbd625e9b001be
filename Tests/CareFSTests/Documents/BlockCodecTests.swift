import Testing

@testable import CareFS

@Suite struct BlockCodecTests {
  static func compress(_ bytes: [UInt8], _ dictionary: DocumentDictionary? = nil) -> [UInt8]? {
    let codec = BlockCodec()
    return withUnsafeTemporaryAllocation(byteCount: bytes.count * 2 + 64, alignment: 1) { target in
      guard let base = target.baseAddress,
        let length = bytes.withUnsafeBytes({
          codec.compress($0, into: base, limit: target.count, dictionary: dictionary)
        })
      else { return nil }
      return Array(target[..<length])
    }
  }

  static func expand(
    _ block: [UInt8], rawLength: Int, _ dictionary: DocumentDictionary? = nil
  ) -> [UInt8]? {
    guard BlockCodec.plausible(rawLength, from: block.count) else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: rawLength + 1, alignment: 1) { target in
      guard let base = target.baseAddress,
        block.withUnsafeBytes({
          BlockCodec.expand($0, into: base, rawLength: rawLength, dictionary: dictionary)
        })
      else { return nil }
      return Array(target[..<rawLength])
    }
  }

  static func note(_ number: Int) -> [UInt8] {
    Array(
      """
      {"resourceType":"Observation","status":"final","code":{"coding":[{"system":\
      "http://loinc.org","code":"\(number * 7919 % 9973)"}]},"subject":{"reference":"Patient/\
      \(number)"},"valueQuantity":{"value":\(number % 97),"unit":"mmol/l"}}
      """.utf8)
  }

  @Test func roundTripsWithAndWithoutADictionary() throws {
    var trainer = DictionaryTrainer(samples: (0..<64).map(Self.note))
    let words = trainer.train(limit: 4096)
    let dictionary = words.withUnsafeBytes { DocumentDictionary(id: 7, $0) }
    for number in [3, 500, 77_777] {
      let raw = Self.note(number)
      let plain = try #require(Self.compress(raw))
      let shared = try #require(Self.compress(raw, dictionary))
      #expect(Self.expand(plain, rawLength: raw.count) == raw)
      #expect(Self.expand(shared, rawLength: raw.count, dictionary) == raw)
      #expect(shared.count * 3 < raw.count && shared.count * 2 < plain.count)
      #expect(Self.expand(plain, rawLength: raw.count - 1) == nil)
      #expect(Self.expand(plain, rawLength: raw.count + 1) == nil)
      #expect(Self.expand(shared, rawLength: raw.count) != raw)
    }
  }

  @Test func refusesWhatDoesNotFitTheLimit() {
    var noise = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 131 ^ $0 >> 3 &* 29) }
    noise.append(contentsOf: noise.map { $0 &* 7 ^ 0x5A })
    let codec = BlockCodec()
    withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 1) { target in
      guard let base = target.baseAddress else { return }
      #expect(noise.withUnsafeBytes { codec.compress($0, into: base, limit: 100) } == nil)
      #expect(noise.withUnsafeBytes { codec.compress($0, into: base, limit: 0) } == nil)
    }
  }

  @Test func capsWhatABlockMayClaim() {
    #expect(!BlockCodec.plausible(256, from: 1))
    #expect(BlockCodec.plausible(255, from: 1))
    #expect(!BlockCodec.plausible(1, from: 0))
    #expect(!BlockCodec.plausible(-1, from: 10))
    #expect(!BlockCodec.plausible(.max, from: .max))
    #expect(!BlockCodec.plausible(BlockCodec.maximumRawLength + 1, from: 1 << 22))
  }

  @Test func hostileBlocksAreRefusedOrGiveTheirLength() throws {
    let raw = Self.note(1) + Self.note(2) + Self.note(3)
    let block = try #require(Self.compress(raw))
    for length in 0..<block.count {
      #expect(Self.expand(Array(block[..<length]), rawLength: raw.count) == nil)
    }
    for index in block.indices {
      for bit in 0..<8 {
        var changed = block
        changed[index] ^= 1 << bit
        let result = Self.expand(changed, rawLength: raw.count)
        #expect(result == nil || result?.count == raw.count)
      }
    }
    // A bomb: one literal, then a match of endless length.
    let bomb: [UInt8] = [0x1F, 0x61, 0x01, 0x00] + [UInt8](repeating: 0xFF, count: 4096)
    #expect(Self.expand(bomb, rawLength: 4096 * 255) == nil)
  }

  @Test func aDictionaryHoldsOnlyWhatSeveralDocumentsSay() {
    let secret = Array("Ottilie Weissenberger has a rare condition".utf8)
    let samples = (0..<64).map { $0 == 5 ? Self.note($0) + secret : Self.note($0) }
    var trainer = DictionaryTrainer(samples: samples)
    let text = String(decoding: trainer.train(limit: 65_536), as: UTF8.self)
    #expect(text.contains("\"resourceType\":\"Observation\""))
    #expect(!text.contains("Ottilie") && !text.contains("rare condition"))
    var nothing = DictionaryTrainer(samples: [])
    #expect(nothing.train(limit: 100).isEmpty)
    var tiny = DictionaryTrainer(samples: [[1], [2, 3], []])
    #expect(tiny.train(limit: 100).isEmpty)
    var limited = DictionaryTrainer(samples: samples)
    #expect(limited.train(limit: 50).count == 50)
  }
}
