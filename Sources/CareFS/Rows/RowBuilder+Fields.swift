/// What was set, before the row is ended and until the next one begins.
extension RowBuilder {
  /// Whether the field of a code is null.
  @inline(__always)
  func isNull(code index: Int) -> Bool {
    codes[index / RowCode.perWord] >> UInt64(index % RowCode.perWord * 4) & 15 == RowCode.null
  }

  /// Whether a variable field is null.
  @inline(__always)
  func isNull(variable: Int) -> Bool { spans[variable].length < 0 }

  /// The bytes of a variable field that is not null.
  @inline(__always)
  func bytes(variable: Int) -> UnsafeRawBufferPointer {
    let span = spans[variable]
    return UnsafeRawBufferPointer(start: out.base + span.start, count: span.length)
  }
}
