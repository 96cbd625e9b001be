extension RawBytes {
  /// Whether bytes begin with a prefix.
  @inline(__always)
  static func hasPrefix(
    _ bytes: UnsafeRawBufferPointer, _ prefix: UnsafeRawBufferPointer
  ) -> Bool {
    bytes.count >= prefix.count
      && equal(UnsafeRawBufferPointer(rebasing: bytes[0..<prefix.count]), prefix)
  }
}

extension RecordView {
  /// The bytes of one component of the primary key.
  @inline(__always)
  func keyComponent(_ component: Int) throws(RowError) -> UnsafeRawBufferPointer {
    if layout.keyParts.count == 1 { return key }
    var decoder = KeyDecoder(key)
    for index in 0..<component { try decoder.skip(layout.keyParts[index]) }
    let start = decoder.place
    try decoder.skip(layout.keyParts[component])
    return UnsafeRawBufferPointer(rebasing: key[start..<decoder.place])
  }
}

extension KeyEncoder {
  /// Appends columns of a row as the components of a key; false when one of them is null. Nulls
  /// without a place in the key end it there: such a key refers to nothing.
  @inline(__always)
  func append(_ fields: [KeyField], of row: RecordView) throws -> Bool {
    var complete = true
    for field in fields {
      if let component = field.copied {
        if field.part.nullable { buffer.append(1) }
        buffer.append(try row.keyComponent(component))
      } else if try row.isNull(field.ordinal) {
        complete = false
        guard field.part.nullable else { return false }
        try appendNull(as: field.part)
      } else {
        try row.appendKey(field.ordinal, as: field.part, to: self)
      }
    }
    return complete
  }
}
