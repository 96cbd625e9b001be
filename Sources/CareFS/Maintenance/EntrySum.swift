/// A sum of entries that does not depend on their order: what the rows say must be in an index,
/// against what is there. Two lanes of 64 bits, so that no likely damage keeps both.
struct EntrySum: Equatable {
  private var count = 0
  private var sum: UInt64 = 0
  private var mixed: UInt64 = 0

  @inline(__always)
  mutating func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    var hash = Self.fold(0x9E37_79B9_7F4A_7C15, key)
    if value.count > 0 { hash = Self.fold(hash.low ^ hash.high &* 3, value) }
    count &+= 1
    sum &+= hash.low
    mixed ^= hash.high
  }

  /// Adds the entries of another part.
  mutating func add(_ other: EntrySum) {
    count &+= other.count
    sum &+= other.sum
    mixed ^= other.mixed
  }

  /// Two words that depend on every byte. Each step multiplies two words of 64 bits into 128 and
  /// folds them, which is a third of the work of XXH64 where keys are short; nothing stores them.
  @inline(__always)
  private static func fold(
    _ seed: UInt64, _ bytes: UnsafeRawBufferPointer
  ) -> (low: UInt64, high: UInt64) {
    var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
    guard let base = bytes.baseAddress, bytes.count > 0 else { return mixed(state, seed) }
    var rest = bytes.count
    var place = base
    while rest > 8 {
      let (low, high) = mixed(state ^ place.loadUnaligned(as: UInt64.self), 0xA076_1D64_78BD_642F)
      state = low ^ high &+ seed
      place += 8
      rest &-= 8
    }
    var last: UInt64 = 0
    if bytes.count >= 8 {
      // The bytes before these count once more, which does no harm.
      last = (place + (rest &- 8)).loadUnaligned(as: UInt64.self)
    } else if rest >= 4 {
      let front = UInt64(place.loadUnaligned(as: UInt32.self))
      last = front &<< 32 | UInt64((place + (rest &- 4)).loadUnaligned(as: UInt32.self))
    } else {
      let middle = place.load(fromByteOffset: rest &>> 1, as: UInt8.self)
      let end = place.load(fromByteOffset: rest &- 1, as: UInt8.self)
      last = UInt64(place.load(as: UInt8.self)) &<< 16 | UInt64(middle) &<< 8 | UInt64(end)
    }
    return mixed(state ^ last, 0xE703_7ED1_A0B4_28DB ^ seed)
  }

  @inline(__always)
  private static func mixed(_ left: UInt64, _ right: UInt64) -> (low: UInt64, high: UInt64) {
    let product = left.multipliedFullWidth(by: right)
    let low = product.low ^ product.high
    return (low, (low ^ low &>> 29) &* 0xBF58_476D_1CE4_E5B9 ^ product.high)
  }
}
