import Testing

@testable import CareFS

@Suite struct TimeValueTests {
  @Test(arguments: [
    ("1970-01-01", 0), ("2000-02-29", 11016), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ("1969-12-31", -1), ("2026-01-31", 20484),
  ])
  func `dates count days from 1970`(text: String, days: Int32) throws {
    let date = try #require(CalendarDate(text))
    #expect(date.days == days)
    #expect(date.description == text)
  }

  @Test(arguments: [
    "", "2026-02-30", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
    "2026-1-01", "20260101", "2026-01-01 ", " 2026-01-01", "2026-01-01T00:00:00Z", "10000-01-01",
    "-001-01-01", "2026/01/01", "２026-01-01",
  ])
  func `what is no day of the calendar is refused`(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test func `every day prints and reads back`() throws {
    var previous = CalendarDate.min
    for days in stride(from: CalendarDate.min.days, through: CalendarDate.max.days, by: 13) {
      let date = try #require(CalendarDate(days: days))
      #expect(CalendarDate(date.description) == date)
      #expect(previous <= date)
      previous = date
    }
    #expect(CalendarDate(days: CalendarDate.min.days - 1) == nil)
    #expect(CalendarDate(days: CalendarDate.max.days + 1) == nil)
    #expect(CalendarDate.max.adding(days: 1) == nil)
    #expect(CalendarDate.max.adding(days: .max) == nil)
  }

  @Test(arguments: [
    ("13:05:00", 47_100_000_000, "13:05:00"), ("00:00:00", 0, "00:00:00"),
    ("23:59:59.999999", 86_399_999_999, "23:59:59.999999"),
    ("13:05:00.5", 47_100_500_000, "13:05:00.500000"),
  ])
  func `times of day`(text: String, microseconds: Int64, printed: String) throws {
    let time = try #require(TimeOfDay(text))
    #expect(time.microseconds == microseconds)
    #expect(time.description == printed)
  }

  @Test(arguments: [
    "24:00:00", "12:60:00", "12:00:60", "12:00", "1:00:00", "12:00:00.", "12:00:00.1234567",
    "12:00:00Z", "12-00-00", "",
  ])
  func `what is no time of day is refused`(text: String) {
    #expect(TimeOfDay(text) == nil)
  }

  @Test(arguments: [
    ("2026-01-31T13:05:00Z", "2026-01-31T13:05:00Z"),
    ("2026-01-31T13:05:00+02:00", "2026-01-31T11:05:00Z"),
    ("2026-01-31T23:30:00-01:00", "2026-02-01T00:30:00Z"),
    ("2026-01-31T13:05:00.25Z", "2026-01-31T13:05:00.250000Z"),
    ("2026-01-31 13:05:00z", "2026-01-31T13:05:00Z"),
    ("2026-01-31", "2026-01-31T00:00:00Z"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ("0001-01-01", "0001-01-01T00:00:00Z"),
  ])
  func `timestamps are in UTC`(text: String, printed: String) throws {
    #expect(try #require(Timestamp(text)).description == printed)
  }

  @Test(arguments: [
    "2026-01-31T13:05:00", "2026-01-31T13:05Z", "2026-02-30T00:00:00Z", "2026-01-31T25:00:00Z",
    "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2026-01-31T13:05:00+0200",
    "2026-01-31T13:05:00+24:00", "2026-01-31T13:05:00.1234567Z", "2026-01-31T13:05:00Z ",
    "2026-01-31T",
  ])
  func `what is no moment is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `moments split into day and time`() {
    var random = ValueRandom(seed: 1)
    for _ in 0..<2000 {
      let date = random.date()
      let time = random.time()
      let moment = Timestamp(date, time)
      #expect(moment.date == date)
      #expect(moment.time == time)
      #expect(Timestamp(moment.description) == moment)
    }
    #expect(Timestamp.min.description == "0001-01-01T00:00:00Z")
    #expect(Timestamp.max.description == "9999-12-31T23:59:59.999999Z")
    #expect(Timestamp(microseconds: Timestamp.max.microseconds + 1) == nil)
  }
}
