import CareFS

extension Neurology {
  /// Magnetic resonance scans.
  static var mriScans: TableSchema {
    TableSchema(
      "mri_scans",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        ColumnSchema("session_id", .int, null: true),
        ColumnSchema("scanned_on", .date, default: .today),
        .choice("sequence_type", ["T1", "T2", "FLAIR", "DWI", "SWI", "fMRI"], default: "T1"),
        ColumnSchema("field_strength_tesla", .double, null: true, min: 0, max: 20),
        .name("body_part", maxLength: 60),
        ColumnSchema("slice_count", .int, null: true, min: 1, max: 10000),
        ColumnSchema("voxel_size_mm", .decimal, null: true, min: 0, max: 100),
        .name("file_name", maxLength: 500),
        .amount("file_size_bytes", default: 0),
        .hash("file_hash"),
        .score("quality_score"),
        .choice("status", ["uploaded", "processing", "processed", "failed"], default: "uploaded"),
        .document("metadata"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["file_hash"]],
      indexes: [
        ["patient_id", "-scanned_on"],
        IndexSchema(["created_at"], where: "status = \"uploaded\""),
        IndexSchema(["metadata"], path: "scanner.model"),
      ],
      foreignKeys: [
        patient, ForeignKeySchema("session_id", references: "sessions", onDelete: .setNull),
      ])
  }

  /// What a model saw in a scan.
  static var predictions: TableSchema {
    TableSchema(
      "predictions",
      columns: [
        .id,
        ColumnSchema("scan_id", .int),
        ColumnSchema("patient_id", .int),
        .name("model_name", maxLength: 100),
        .name("model_version", maxLength: 40),
        .name("predicted_class", maxLength: 100),
        .choice("severity", severities, default: "normal"),
        .probability("confidence"),
        .document("probabilities"),
        .document("regions"),
        .amount("processing_ms", null: true),
        ColumnSchema("predicted_at", .timestamp, default: .now),
        ColumnSchema("reviewed_by_id", .int, null: true),
        .choice("review_result", ["confirmed", "rejected", "uncertain"], null: true),
        .moment("reviewed_at"),
        .note("review_notes"),
        .createdAt,
      ],
      unique: [["scan_id", "model_name", "model_version"]],
      indexes: [
        ["patient_id", "-predicted_at"], ["predicted_class", "-confidence"],
        IndexSchema(["predicted_at"], where: "review_result is null"),
      ],
      foreignKeys: [
        ForeignKeySchema("scan_id", references: "mri_scans", onDelete: .cascade), patient,
        ForeignKeySchema("reviewed_by_id", references: "doctors", onDelete: .setNull),
      ],
      checks: [
        CheckSchema("reviewed_after_prediction", "reviewed_at >= predicted_at"),
        CheckSchema("review_has_time", "review_result is null or reviewed_at is not null"),
      ])
  }
}
