/// A time of day from 00:00:00 to 23:59:59.999999, without a time zone.
public struct TimeOfDay: Sendable, Hashable, Comparable {
  /// The microseconds since midnight.
  public let microseconds: Int64

  /// 00:00:00.
  public static let midnight = TimeOfDay(checkedMicroseconds: 0)

  static let microsecondsPerDay: Int64 = 86_400_000_000

  /// The time `microseconds` after midnight; nil outside one day.
  public init?(microseconds: Int64) {
    guard microseconds >= 0, microseconds < TimeOfDay.microsecondsPerDay else { return nil }
    self.microseconds = microseconds
  }

  init(checkedMicroseconds: Int64) { microseconds = checkedMicroseconds }

  /// A time of day; nil when there is no such time. A leap second is not one.
  public init?(hour: Int, minute: Int, second: Int = 0, microsecond: Int = 0) {
    guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second < 60,
      microsecond >= 0, microsecond < 1_000_000
    else { return nil }
    microseconds = Int64((hour * 60 + minute) * 60 + second) * 1_000_000 + Int64(microsecond)
  }

  /// The hour, minute, second and microsecond.
  public var components: (hour: Int, minute: Int, second: Int, microsecond: Int) {
    let (seconds, fraction) = Int(microseconds).quotientAndRemainder(dividingBy: 1_000_000)
    return (seconds / 3600, seconds / 60 % 60, seconds % 60, fraction)
  }

  /// Whether `left` is the earlier time.
  public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
    left.microseconds < right.microseconds
  }
}

extension TimeOfDay: LosslessStringConvertible {
  /// Reads `HH:MM:SS`, with a fraction of one to six digits if there is one; nil for anything else.
  public init?(_ description: String) {
    guard let time = description.withUTF8Bytes({ TimeOfDay(text: $0) }) else { return nil }
    self = time
  }

  init?(text: UnsafeRawBufferPointer) {
    var cursor = TextCursor(text)
    guard let time = cursor.time(), cursor.isAtEnd else { return nil }
    self = time
  }

  /// `HH:MM:SS`, and six digits of fraction when it is not whole seconds.
  public var description: String {
    let buffer = ByteBuffer(capacity: 16)
    write(to: buffer)
    return buffer.string
  }

  /// Appends the description.
  func write(to buffer: ByteBuffer) {
    let (hour, minute, second, microsecond) = components
    buffer.appendDecimal(UInt64(hour.magnitude), width: 2)
    buffer.append(UInt8(ascii: ":"))
    buffer.appendDecimal(UInt64(minute.magnitude), width: 2)
    buffer.append(UInt8(ascii: ":"))
    buffer.appendDecimal(UInt64(second.magnitude), width: 2)
    if microsecond != 0 {
      buffer.append(UInt8(ascii: "."))
      buffer.appendDecimal(UInt64(microsecond.magnitude), width: 6)
    }
  }
}
