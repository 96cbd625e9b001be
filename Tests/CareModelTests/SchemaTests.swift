import CareFS
import CareModel
import Foundation
import Testing

@Suite("Schemas of the five systems") struct SchemaTests {
  @Test("each schema is valid and its JSON reads back the same", arguments: CareModel.names)
  func valid(_ name: String) throws {
    let schema = try #require(CareModel.schema(named: name))
    try schema.validate()
    let again = try DatabaseSchema(parsing: schema.json)
    #expect(again == schema)
    #expect(again.json == schema.json)
  }

  @Test("the tables that were asked for are there")
  func tables() throws {
    func names(_ model: String) throws -> Set<String> {
      Set(try #require(CareModel.schema(named: model)).tables.map(\.name))
    }
    #expect(
      try names("hospital") == [
        "patients", "doctors", "specializations", "doctor_specializations", "queue_entries",
        "appointments", "appointment_reminders", "users", "audit_logs",
      ])
    #expect(
      try names("conversations") == [
        "patient_cases", "conversations", "messages", "conversation_data",
      ])
    #expect(
      try names("coaching") == [
        "advanced_user_profiles", "conversation_histories", "analysis_cache",
        "therapeutic_sessions", "progress_tracking",
      ])
    #expect(
      try names("neurology") == [
        "patients", "doctors", "sessions", "mri_scans", "predictions", "reports",
        "doctor_patient_assignments", "consultations", "report_status", "patient_timeline",
        "patient_statistics",
      ])
    #expect(
      try names("analysis") == [
        "analysis_history", "documents", "ocr_extractions", "user_sessions", "audit_log",
      ])
  }

  @Test("in one database only the clashing tables are renamed, and references follow")
  func all() throws {
    let all = try #require(CareModel.schema(named: "all"))
    let parts = CareModel.names.filter { $0 != "all" }.compactMap(CareModel.schema(named:))
    #expect(all.tables.count == parts.map(\.tables.count).reduce(0, +))
    #expect(Set(all.tables.map(\.name)).count == all.tables.count)
    let renamed = all.tables.map(\.name).filter { $0.hasPrefix("neurology_") }
    #expect(renamed == ["neurology_patients", "neurology_doctors"])
    let scans = try #require(all.table("mri_scans"))
    #expect(scans.foreignKeys.contains { $0.references == "neurology_patients" })
    let appointments = try #require(all.table("appointments"))
    #expect(appointments.foreignKeys.contains { $0.references == "patients" })
  }

  @Test("the hospital's schema as JSON is the one in Swift")
  func hospital() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("hospital.json")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let schema = try #require(CareModel.schema(named: "hospital"))
    #expect(try DatabaseSchema(parsing: text) == schema)
    #expect(schema.json == text)
  }

  @Test("an unknown name gives nothing")
  func unknown() {
    #expect(CareModel.schema(named: "Hospital") == nil)
    #expect(CareModel.schema(named: "") == nil)
  }
}
