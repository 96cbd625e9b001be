#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A moment in UTC, in microseconds, in the years 1 to 9999.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// The microseconds since 1970-01-01T00:00:00Z.
  public let microseconds: Int64

  /// 0001-01-01T00:00:00Z.
  public static let min = Timestamp(checkedMicroseconds: -62_135_596_800_000_000)
  /// 9999-12-31T23:59:59.999999Z.
  public static let max = Timestamp(checkedMicroseconds: 253_402_300_799_999_999)

  /// The moment `microseconds` after 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
  public init?(microseconds: Int64) {
    guard microseconds >= -62_135_596_800_000_000, microseconds <= 253_402_300_799_999_999
    else { return nil }
    self.microseconds = microseconds
  }

  init(checkedMicroseconds: Int64) { microseconds = checkedMicroseconds }

  /// A time of a UTC day.
  public init(_ date: CalendarDate, _ time: TimeOfDay = .midnight) {
    microseconds = Int64(date.days) * TimeOfDay.microsecondsPerDay + time.microseconds
  }

  /// The system's clock.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000)
    let (sum, beyond) = whole.addingReportingOverflow(Int64(time.tv_nsec) / 1000)
    return overflow || beyond ? .max : Timestamp(microseconds: sum) ?? .max
  }

  /// The UTC day.
  public var date: CalendarDate {
    let day = TimeOfDay.microsecondsPerDay
    let whole = microseconds / day - (microseconds % day < 0 ? 1 : 0)
    return CalendarDate(checkedDays: Int32(truncatingIfNeeded: whole))
  }

  /// The time of the UTC day.
  public var time: TimeOfDay {
    TimeOfDay(
      checkedMicroseconds: microseconds - Int64(date.days) * TimeOfDay.microsecondsPerDay)
  }

  /// Whether `left` is the earlier moment.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}

extension Timestamp: LosslessStringConvertible {
  /// Reads an RFC 3339 time with its offset, converted to UTC, or a bare date as its midnight;
  /// nil for anything else, and for a fraction of more than six digits.
  public init?(_ description: String) {
    guard let moment = description.withUTF8Bytes({ Timestamp(text: $0) }) else { return nil }
    self = moment
  }

  init?(text: UnsafeRawBufferPointer) {
    var cursor = TextCursor(text)
    guard let date = cursor.date() else { return nil }
    if cursor.isAtEnd {
      self.init(date)
      return
    }
    guard
      cursor.accept(UInt8(ascii: "T")) || cursor.accept(UInt8(ascii: "t"))
        || cursor.accept(UInt8(ascii: " ")),
      let time = cursor.time(), let offset = cursor.offset(), cursor.isAtEnd
    else { return nil }
    self.init(microseconds: Timestamp(date, time).microseconds - Int64(offset) * 60_000_000)
  }

  /// `YYYY-MM-DDTHH:MM:SSZ`, with six digits of fraction when it is not whole seconds.
  public var description: String {
    let buffer = ByteBuffer(capacity: 32)
    write(to: buffer)
    return buffer.string
  }

  /// Appends the description.
  func write(to buffer: ByteBuffer) {
    date.write(to: buffer)
    buffer.append(UInt8(ascii: "T"))
    time.write(to: buffer)
    buffer.append(UInt8(ascii: "Z"))
  }
}
