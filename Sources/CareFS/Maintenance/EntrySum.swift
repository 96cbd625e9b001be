import PageStore

/// A sum of entries that does not depend on their order: what the rows say must be in an index,
/// against what is there. Two lanes of 64 bits, so that no likely damage keeps both.
struct EntrySum: Equatable {
  private var count = 0
  private var sum: UInt64 = 0
  private var mixed: UInt64 = 0

  @inline(__always)
  mutating func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    var hash = XXH64.hash(key)
    if value.count > 0 { hash = hash &* 0x9E37_79B9_7F4A_7C15 ^ XXH64.hash(value) }
    count += 1
    sum &+= hash
    mixed ^= (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
  }
}
