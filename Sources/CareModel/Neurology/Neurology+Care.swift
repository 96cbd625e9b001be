import CareFS

extension Neurology {
  /// Visits of a patient to the clinic.
  static var sessions: TableSchema {
    TableSchema(
      "sessions",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        ColumnSchema("doctor_id", .int, null: true),
        .choice(
          "session_type", ["initial", "follow_up", "imaging", "cognitive_test", "emergency"],
          default: "initial"),
        .choice(
          "status", ["scheduled", "in_progress", "completed", "cancelled"],
          default: "scheduled"),
        ColumnSchema("started_at", .timestamp, default: .now),
        .moment("ended_at"),
        ColumnSchema("cognitive_score", .int, null: true, min: 0, max: 30),
        .document("vitals"),
        .note("notes"),
        .createdAt,
        .updatedAt,
      ],
      indexes: [
        ["patient_id", "-started_at"], ["-started_at"], ["doctor_id", "status"],
      ],
      foreignKeys: [
        patient, ForeignKeySchema("doctor_id", references: "doctors", onDelete: .setNull),
      ],
      checks: [CheckSchema("ended_after_start", "ended_at >= started_at")])
  }

  /// Consultations with what was found and prescribed.
  static var consultations: TableSchema {
    TableSchema(
      "consultations",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        ColumnSchema("doctor_id", .int),
        ColumnSchema("session_id", .int, null: true),
        .choice(
          "status", ["requested", "scheduled", "completed", "cancelled"], default: "requested"),
        ColumnSchema("consulted_on", .date, default: .today),
        ColumnSchema("consulted_time", .time, null: true),
        ColumnSchema("reason", .text, minLength: 1, maxLength: 2000),
        .document("symptoms"),
        .note("diagnosis"),
        ColumnSchema("icd10_code", .text, null: true, maxLength: 8, pattern: "___%"),
        .note("treatment"),
        .document("prescription"),
        ColumnSchema("follow_up_on", .date, null: true),
        .money("fee"),
        .createdAt,
        .updatedAt,
      ],
      indexes: [
        ["patient_id", "-consulted_on"], ["doctor_id", "consulted_on"], ["icd10_code"],
        IndexSchema(["follow_up_on"], where: "follow_up_on is not null"),
      ],
      foreignKeys: [
        patient, ForeignKeySchema("doctor_id", references: "doctors"),
        ForeignKeySchema("session_id", references: "sessions", onDelete: .setNull),
      ],
      checks: [CheckSchema("follow_up_order", "follow_up_on >= consulted_on")])
  }

  /// What happened to a patient, in order.
  static var patientTimeline: TableSchema {
    TableSchema(
      "patient_timeline",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        .choice(
          "event_type",
          ["session", "scan", "prediction", "report", "consultation", "assignment", "note"]),
        ColumnSchema("event_at", .timestamp, default: .now),
        .choice("severity", severities, default: "normal"),
        .name("title", maxLength: 500),
        .note("description"),
        .name("source_table", null: true, maxLength: 100),
        ColumnSchema("source_id", .int, null: true),
        .document("data"),
        .createdAt,
      ],
      indexes: [
        ["patient_id", "-event_at"], ["source_table", "source_id"],
        IndexSchema(["-event_at"], where: "severity in (\"severe\", \"critical\")"),
      ],
      foreignKeys: [patient],
      checks: [CheckSchema("source_complete", "source_id is null or source_table is not null")])
  }
}
