import CareFS

/// Fills the demo's database.
struct DemoLoader {
  static let patientCount = 10_000
  static let doctorCount = 120
  static let conversationCount = 2_000

  private var random = DemoRandom(seed: 7)
  private let firstDay = CalendarDate("2026-01-05") ?? .min

  private mutating func name() -> String {
    random.pick(DemoWords.first) + " " + random.pick(DemoWords.last)
  }

  private mutating func day(_ range: Int) -> CalendarDate {
    firstDay.adding(days: Int64(random.below(range))) ?? firstDay
  }

  private func time(_ minutes: Int) -> TimeOfDay {
    TimeOfDay(hour: 8 + minutes / 60, minute: minutes % 60) ?? .midnight
  }

  /// A document from text that is known to be one.
  private func json(_ text: String) throws -> Value { .json(try JSON(validating: text)) }

  mutating func doctors() -> [[String: Value]] {
    (1...Self.doctorCount).map { id in
      [
        "id": .int(Int64(id)), "first_name": .text(random.pick(DemoWords.first)),
        "last_name": .text(random.pick(DemoWords.last)),
        "license_number": .text("LIC-\(10_000 + id)"),
        "department": .text(random.pick(DemoWords.specializations)),
        "max_capacity": .int(Int64(5 + random.below(20))),
      ]
    }
  }

  func specializations() -> [[String: Value]] {
    DemoWords.specializations.enumerated().map { index, name in
      ["id": .int(Int64(index + 1)), "name": .text(name)]
    }
  }

  mutating func doctorSpecializations() -> [[String: Value]] {
    (1...Self.doctorCount).map { id in
      [
        "doctor_id": .int(Int64(id)),
        "specialization_id": .int(Int64(1 + random.below(DemoWords.specializations.count))),
        "is_primary": .bool(true),
      ]
    }
  }

  mutating func patients() throws -> [[String: Value]] {
    try (1...Self.patientCount).map { id in
      let allergies = (0..<random.below(3)).map { _ in "\"\(random.pick(DemoWords.allergies))\"" }
      return [
        "id": .int(Int64(id)), "full_name": .text(name()),
        "medical_record_number": .text("MRN-\(100_000 + id)"),
        "date_of_birth": .date(
          CalendarDate(
            year: 1930 + random.below(90), month: 1 + random.below(12), day: 1 + random.below(28))
            ?? .min),
        "gender": .text(random.pick(["Male", "Female", "Other"])),
        "phone": .text("+44 20 \(1_000_000 + random.below(8_999_999))"),
        "email": .text("patient\(id)@mail.example"), "city": .text(random.pick(DemoWords.cities)),
        "blood_type": .text(random.pick(["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"])),
        "allergies": try json("{\"items\": [\(allergies.joined(separator: ", "))]}"),
        "status": .int(random.below(20) == 0 ? 1 : 0),
        "primary_doctor_id": .int(Int64(1 + random.below(Self.doctorCount))),
      ]
    }
  }

  /// Appointments at times that no doctor has twice.
  mutating func appointments() throws -> [[String: Value]] {
    var rows: [[String: Value]] = []
    for doctor in 1...Self.doctorCount {
      for slot in 0..<170 {
        let specialty = random.pick(DemoWords.specializations)
        let complaint = random.pick(DemoWords.complaints)
        rows.append([
          "patient_id": .int(Int64(1 + random.below(Self.patientCount))),
          "doctor_id": .int(Int64(doctor)),
          "date": .date(firstDay.adding(days: Int64(slot / 10)) ?? firstDay),
          "time": .time(time(slot % 10 * 45)), "duration": .int(30),
          "type": .text(random.pick(["Regular", "Regular", "Follow-up", "Emergency"])),
          "status": .text(random.pick(["Scheduled", "Confirmed", "Completed", "No-Show"])),
          "reason": .text(complaint),
          "details": try json("{\"specialty\": \"\(specialty)\", \"complaint\": \"\(complaint)\"}"),
        ])
      }
    }
    return rows
  }

  mutating func queue() -> [[String: Value]] {
    (1...3_000).map { position in
      [
        "patient_id": .int(Int64(1 + random.below(Self.patientCount))),
        "specialization_id": .int(Int64(1 + random.below(DemoWords.specializations.count))),
        "priority": .int(Int64(random.below(20) == 0 ? 2 : 0)), "position": .int(Int64(position)),
        "reason": .text(random.pick(DemoWords.complaints)),
      ]
    }
  }

  mutating func conversations() throws -> [[String: Value]] {
    try (1...Self.conversationCount).map { number in
      [
        "id": .uuid(DemoLoader.uuid(number)), "user_id": .text("student-\(1 + random.below(80))"),
        "patient_id": .int(Int64(1 + random.below(Self.patientCount))),
        "title": .text(random.pick(DemoWords.complaints)),
        "metadata": try json(
          "{\"specialty\": \"\(random.pick(DemoWords.specializations))\", \"tags\": "
            + "[\"\(random.pick(["easy", "hard"]))\", \"\(random.pick(["exam", "practice"]))\"]}"),
      ]
    }
  }

  mutating func messages() throws -> [[String: Value]] {
    var rows: [[String: Value]] = []
    for conversation in 1...Self.conversationCount {
      for sequence in 0..<8 {
        let isQuestion = sequence % 2 == 0
        let text = random.pick(isQuestion ? DemoWords.questions : DemoWords.answers)
        rows.append([
          "conversation_id": .uuid(DemoLoader.uuid(conversation)),
          "sequence": .int(Int64(sequence)),
          "role": .text(isQuestion ? "user" : "patient"), "content": .text(text),
          "metadata": try json("{\"model\": \"simulator\", \"words\": \(text.count / 5)}"),
        ])
      }
    }
    return rows
  }

  mutating func reports() throws -> [[String: Value]] {
    try (1...4_000).map { number in
      let finding = random.pick(DemoWords.findings)
      return [
        "patient_id": .int(Int64(1 + random.below(Self.patientCount))),
        "title": .text("Report \(number)"), "content": .text("The scan shows \(finding)."),
        "findings": try json("{\"regions\": [\"\(random.pick(["frontal", "temporal"]))\"]}"),
        "severity": .text(random.pick(["normal", "mild", "moderate", "severe", "critical"])),
      ]
    }
  }
}
