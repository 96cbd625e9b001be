#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

extension KeyEncoder {
  /// Appends the null byte of a nullable part. For a part that is not nullable, null is a
  /// mismatch.
  @inline(__always)
  func appendNull(as part: KeyPart) throws(RowError) {
    guard part.nullable else { throw .typeMismatch(expected: part.type, found: nil) }
    buffer.append(part.descending ? 0xFF : 0)
  }

  /// Appends the byte before a value of a nullable part, and returns where the part begins.
  @inline(__always)
  func begin(_ part: KeyPart) -> Int {
    let start = buffer.count
    if part.nullable { buffer.append(1) }
    return start
  }

  /// Ends a part that began at `start`.
  @inline(__always)
  func end(_ part: KeyPart, from start: Int) {
    if part.descending { buffer.complement(from: start) }
  }

  /// Appends a uuid: its 16 bytes.
  @inline(__always)
  func append(uuid value: UUID) {
    withUnsafeBytes(of: value.uuid) { buffer.append($0) }
  }

  /// Appends a value as a whole part.
  ///
  /// - Throws: `typeMismatch` if the value is not of the part's type, `notComparable` for JSON.
  func append(_ value: Value, as part: KeyPart) throws(RowError) {
    if value.isNull { return try appendNull(as: part) }
    let start = begin(part)
    switch (value, part.type) {
    case (.int(let int), .int): append(int: int)
    case (.double(let double), .double): append(double: double)
    case (.bool(let bool), .bool): append(bool: bool)
    case (.text(let text), .text):
      text.withUTF8Bytes { append(text: $0, collation: part.collation) }
    case (.bytes(let bytes), .bytes): bytes.withUnsafeBytes { append(bytes: $0) }
    case (.date(let date), .date): append(int: Int64(date.days))
    case (.time(let time), .time): append(int: time.microseconds)
    case (.timestamp(let moment), .timestamp): append(int: moment.microseconds)
    case (.uuid(let uuid), .uuid): append(uuid: uuid)
    case (.decimal(let decimal), .decimal): append(decimal: decimal)
    case (.any(let any), .any): ScalarKey.append(any, collation: part.collation, to: self)
    default:
      buffer.truncate(to: start)
      if case .json = value, part.type == .json { throw .notComparable }
      throw .typeMismatch(expected: part.type, found: value.type)
    }
    end(part, from: start)
  }

  /// Makes the key that comes right after every key that begins with this one: the last byte that
  /// is not FF is raised, and what follows is cut off. False if there is no such key.
  func advancePastPrefix() -> Bool {
    var size = buffer.count
    while size > 0 {
      let byte = buffer.bytes[size - 1]
      if byte != 0xFF {
        buffer.truncate(to: size)
        buffer.set(byte + 1, at: size - 1)
        return true
      }
      size -= 1
    }
    buffer.clear()
    return false
  }
}

extension KeyEncoder {
  /// Appends the start of every text that begins with `text`, as the last part of a key that is
  /// searched for: all keys that begin with these bytes are of such texts. Only for ascending text
  /// parts, and for `any` parts, where it stands for texts.
  ///
  /// - Throws: `typeMismatch` for parts of other types, and for descending ones.
  func append(prefix text: String, as part: KeyPart) throws(RowError) {
    guard part.type == .text || part.type == .any, !part.descending else {
      throw .typeMismatch(expected: part.type, found: .text)
    }
    if part.nullable { buffer.append(1) }
    if part.type == .any { buffer.append(ScalarKey.textMark) }
    text.withUTF8Bytes { append(text: $0, collation: part.collation) }
    // Without the two bytes that end the text.
    buffer.truncate(to: buffer.count - 2)
  }
}
