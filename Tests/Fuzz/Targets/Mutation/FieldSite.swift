import CareFSTestSupport

/// A number in bytes, to be changed.
struct FieldSite {
  var offset: Int
  var size: Int

  /// Puts another number there.
  func change(
    _ bytes: UnsafeMutableRawBufferPointer, pageSize: Int, pageCount: Int,
    _ random: inout SeededRandom
  ) {
    let old = bytes.field(offset, size)
    bytes.setField(
      offset, size,
      FieldValues.next(old, size: size, pageSize: pageSize, pageCount: pageCount, &random))
  }

  /// One of several, moved to where their structure begins.
  static func one(
    of fields: [(Int, Int)], at start: Int, _ random: inout SeededRandom
  ) -> FieldSite {
    let (offset, size) = fields[random.below(fields.count)]
    return FieldSite(offset: start + offset, size: size)
  }
}
