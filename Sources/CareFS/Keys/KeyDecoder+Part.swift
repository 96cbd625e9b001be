#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

extension KeyDecoder {
  /// Steps over a part. Returns whether its value is null.
  @discardableResult
  mutating func skip(_ part: KeyPart) throws(RowError) -> Bool {
    if try isNull(part) { return true }
    let mask: UInt8 = part.descending ? 0xFF : 0
    switch part.type {
    case .int, .date, .time, .timestamp: _ = try int(descending: part.descending)
    case .double: _ = try fixed(8)
    case .bool: _ = try fixed(1)
    case .uuid: _ = try fixed(16)
    case .text, .bytes: _ = try span(descending: part.descending)
    case .decimal: try skipNumber(mask)
    case .any: try skipScalar(mask)
    case .json: throw .notComparable
    }
    return false
  }

  private mutating func skipScalar(_ mask: UInt8) throws(RowError) {
    switch try fixed(1)[0] ^ mask {
    case ScalarKey.falseMark, ScalarKey.trueMark: return
    case ScalarKey.numberMark: try skipNumber(mask)
    case ScalarKey.textMark, ScalarKey.jsonMark: _ = try span(descending: mask != 0)
    default: throw .corrupt("kind of a scalar in a key")
    }
  }

  private mutating func skipNumber(_ mask: UInt8) throws(RowError) {
    let sign = try fixed(1)[0] ^ mask
    guard sign != 2 else { return }
    guard sign == 1 || sign == 3 else { throw .corrupt("sign of a number in a key") }
    let below = sign == 1
    _ = try int(descending: below != (mask != 0))
    let end: UInt8 = below ? ~mask : mask
    while try fixed(1)[0] != end {}
  }

  /// Reads a part back into its value. Only for parts that are lossless.
  mutating func value(_ part: KeyPart) throws(RowError) -> Value {
    if try isNull(part) { return .null }
    switch part.type {
    case .int: return .int(try int(descending: part.descending))
    case .double: return .double(try double(descending: part.descending))
    case .bool: return .bool(try bool(descending: part.descending))
    case .date: return .date(try date(descending: part.descending))
    case .time: return .time(try time(descending: part.descending))
    case .timestamp: return .timestamp(try timestamp(descending: part.descending))
    case .uuid: return .uuid(try uuid(descending: part.descending))
    case .text where part.collation == .binary:
      let buffer = ByteBuffer()
      KeyDecoder.unescape(
        try span(descending: part.descending), of: key, descending: part.descending, to: buffer)
      return .text(buffer.string)
    case .bytes:
      let buffer = ByteBuffer()
      KeyDecoder.unescape(
        try span(descending: part.descending), of: key, descending: part.descending, to: buffer)
      return .bytes(buffer.array)
    case .text, .decimal, .any, .json: throw .notComparable
    }
  }

  /// Reads a calendar day.
  mutating func date(descending: Bool = false) throws(RowError) -> CalendarDate {
    guard let days = Int32(exactly: try int(descending: descending)),
      let date = CalendarDate(days: days)
    else { throw .corrupt("date in a key") }
    return date
  }

  /// Reads a time of day.
  mutating func time(descending: Bool = false) throws(RowError) -> TimeOfDay {
    guard let time = TimeOfDay(microseconds: try int(descending: descending)) else {
      throw .corrupt("time in a key")
    }
    return time
  }

  /// Reads a moment.
  mutating func timestamp(descending: Bool = false) throws(RowError) -> Timestamp {
    guard let moment = Timestamp(microseconds: try int(descending: descending)) else {
      throw .corrupt("timestamp in a key")
    }
    return moment
  }

  /// Reads a uuid.
  mutating func uuid(descending: Bool = false) throws(RowError) -> UUID {
    let bytes = try fixed(16)
    var uuid = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).uuid
    withUnsafeMutableBytes(of: &uuid) { target in
      for index in 0..<16 { target[index] = bytes[index] ^ (descending ? 0xFF : 0) }
    }
    return UUID(uuid: uuid)
  }
}
