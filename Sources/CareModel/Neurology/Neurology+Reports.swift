import CareFS

extension Neurology {
  /// Reports for the patient and for other doctors.
  static var reports: TableSchema {
    TableSchema(
      "reports",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        ColumnSchema("prediction_id", .int, null: true),
        ColumnSchema("doctor_id", .int, null: true),
        .choice(
          "report_type", ["imaging", "consultation", "progress", "discharge"],
          default: "imaging"),
        .name("title", maxLength: 500),
        .note("content"),
        .document("findings"),
        .note("conclusion"),
        .note("recommendations"),
        .choice("severity", severities, default: "normal"),
        .name("language", null: true, maxLength: 35),
        .amount("version", default: 1),
        .createdAt,
        .updatedAt,
        .moment("signed_at"),
      ],
      indexes: [
        ["patient_id", "-created_at"], ["doctor_id", "-created_at"], ["severity", "-created_at"],
        IndexSchema(["findings"], path: "regions[*]"),
      ],
      foreignKeys: [
        patient,
        ForeignKeySchema("prediction_id", references: "predictions", onDelete: .setNull),
        ForeignKeySchema("doctor_id", references: "doctors", onDelete: .setNull),
      ],
      checks: [CheckSchema("signed_has_content", "signed_at is null or content is not null")])
  }

  /// How far the generation of a report has come.
  static var reportStatus: TableSchema {
    TableSchema(
      "report_status",
      columns: [
        .id,
        ColumnSchema("report_id", .int),
        .choice("status", ["pending", "generating", "generated", "failed"], default: "pending"),
        ColumnSchema("priority", .int, default: 5, min: 0, max: 9),
        ColumnSchema("retry_count", .int, default: 0, min: 0, max: 10),
        .name("worker", null: true, maxLength: 100),
        ColumnSchema("queued_at", .timestamp, default: .now),
        .moment("started_at"),
        .moment("finished_at"),
        .note("error"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["report_id"]],
      indexes: [
        IndexSchema(["-priority", "queued_at"], where: "status = \"pending\""),
        ["status", "-queued_at"],
      ],
      foreignKeys: [ForeignKeySchema("report_id", references: "reports", onDelete: .cascade)],
      checks: [
        CheckSchema("started_after_queueing", "started_at >= queued_at"),
        CheckSchema("finished_after_start", "finished_at >= started_at"),
        CheckSchema("failure_is_explained", "status != \"failed\" or error is not null"),
      ])
  }
}
