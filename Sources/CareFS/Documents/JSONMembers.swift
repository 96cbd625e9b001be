/// What is known of the members of a document's outermost object.
enum JSONMembers {
  /// Objects with more members are not examined.
  private static let limit = 256

  /// Whether the bytes are an array, or an object in which surely no member name occurs twice, so
  /// that a lookup may stop at its first match.
  ///
  /// False for whatever is not examined: other bytes, names with escapes, very many members.
  static func areUnique(inOutermostObjectOf bytes: UnsafeRawBufferPointer) -> Bool {
    guard var cursor = try? JSONCursor(bytes), let first = try? cursor.token() else {
      return false
    }
    if first == UInt8(ascii: "[") { return true }
    guard first == UInt8(ascii: "{") else { return false }
    cursor.position += 1
    return (try? areUnique(&cursor, bytes)) ?? false
  }

  private static func areUnique(
    _ cursor: inout JSONCursor, _ bytes: UnsafeRawBufferPointer
  ) throws -> Bool {
    if try cursor.accept(UInt8(ascii: "}")) { return true }
    var names: [Range<Int>] = []
    repeat {
      guard try cursor.token() == UInt8(ascii: "\"") else { return false }
      let start = cursor.position
      if try cursor.skipString() || names.count == limit { return false }
      let name = start..<cursor.position
      let text = UnsafeRawBufferPointer(rebasing: bytes[name])
      for other in names where other.count == name.count {
        if RawBytes.equal(UnsafeRawBufferPointer(rebasing: bytes[other]), text) { return false }
      }
      names.append(name)
      try cursor.expect(UInt8(ascii: ":"))
      _ = try cursor.skipValue()
    } while try cursor.accept(UInt8(ascii: ","))
    return true
  }
}
