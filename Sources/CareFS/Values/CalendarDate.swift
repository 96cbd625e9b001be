/// A day of the proleptic Gregorian calendar, from 0001-01-01 to 9999-12-31, without a time zone.
public struct CalendarDate: Sendable, Hashable, Comparable {
  /// The days since 1970-01-01.
  public let days: Int32

  /// 0001-01-01.
  public static let min = CalendarDate(checkedDays: -719_162)
  /// 9999-12-31.
  public static let max = CalendarDate(checkedDays: 2_932_896)

  /// The day that lies `days` days after 1970-01-01; nil outside the years 1 to 9999.
  public init?(days: Int32) {
    guard days >= -719_162, days <= 2_932_896 else { return nil }
    self.days = days
  }

  init(checkedDays: Int32) { days = checkedDays }

  /// A day of the calendar; nil when there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1,
      day <= CalendarDate.length(ofMonth: month, year: year)
    else { return nil }
    // Counts from 1 March, so that the leap day is the last day of its year.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    days = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The year, month and day.
  public var components: (year: Int, month: Int, day: Int) {
    let shifted = Int(days) + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let place = (5 * dayOfYear + 2) / 153
    let month = place < 10 ? place + 3 : place - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * place + 2) / 5 + 1
    )
  }

  /// The day `count` days later, or earlier when negative; nil outside the years 1 to 9999.
  public func adding(days count: Int64) -> CalendarDate? {
    let (sum, overflow) = Int64(days).addingReportingOverflow(count)
    guard !overflow, let narrow = Int32(exactly: sum) else { return nil }
    return CalendarDate(days: narrow)
  }

  /// Whether `left` is the earlier day.
  public static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.days < right.days }
}

extension CalendarDate: LosslessStringConvertible {
  /// Reads `YYYY-MM-DD`; nil for anything else.
  public init?(_ description: String) {
    guard let date = description.withUTF8Bytes({ CalendarDate(text: $0) }) else { return nil }
    self = date
  }

  init?(text: UnsafeRawBufferPointer) {
    var cursor = TextCursor(text)
    guard let date = cursor.date(), cursor.isAtEnd else { return nil }
    self = date
  }

  /// `YYYY-MM-DD`.
  public var description: String {
    let buffer = ByteBuffer(capacity: 16)
    write(to: buffer)
    return buffer.string
  }

  /// Appends `YYYY-MM-DD`.
  func write(to buffer: ByteBuffer) {
    let (year, month, day) = components
    buffer.appendDecimal(UInt64(year.magnitude), width: 4)
    buffer.append(UInt8(ascii: "-"))
    buffer.appendDecimal(UInt64(month.magnitude), width: 2)
    buffer.append(UInt8(ascii: "-"))
    buffer.appendDecimal(UInt64(day.magnitude), width: 2)
  }
}
