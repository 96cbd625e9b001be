import CareFS

extension Analysis {
  /// Documents that users gave.
  static var documents: TableSchema {
    TableSchema(
      "documents",
      columns: [
        .uuid,
        ColumnSchema("session_id", .uuid, null: true),
        .name("user_id", maxLength: 100),
        .name("file_name", maxLength: 500),
        ColumnSchema("mime_type", .text, maxLength: 200, pattern: "_%/_%"),
        .amount("size_bytes"),
        .hash("sha256"),
        ColumnSchema("content", .bytes, null: true),
        ColumnSchema("page_count", .int, null: true, min: 1),
        .name("language", null: true, maxLength: 35),
        .choice(
          "status", ["uploaded", "processing", "processed", "failed"], default: "uploaded"),
        .document("metadata"),
        ColumnSchema("uploaded_at", .timestamp, default: .now),
        .moment("expires_at"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["user_id", "sha256"]],
      indexes: [
        ["user_id", "-uploaded_at"], ["expires_at"],
        IndexSchema(["uploaded_at"], where: "status = \"uploaded\""),
        IndexSchema(["metadata"], path: "tags[*]"),
      ],
      foreignKeys: [session],
      checks: [CheckSchema("expiry_after_upload", "expires_at > uploaded_at")])
  }

  /// Text recognised on the pages of documents.
  static var ocrExtractions: TableSchema {
    TableSchema(
      "ocr_extractions",
      columns: [
        .id,
        ColumnSchema("document_id", .uuid),
        ColumnSchema("page", .int, min: 1),
        .name("engine", maxLength: 100),
        .name("engine_version", null: true, maxLength: 40),
        ColumnSchema("text", .text),
        .probability("confidence", null: true),
        .document("words"),
        .amount("duration_ms", null: true),
        .createdAt,
      ],
      unique: [["document_id", "page", "engine"]],
      foreignKeys: [
        ForeignKeySchema("document_id", references: "documents", onDelete: .cascade)
      ])
  }

  /// Analyses that were asked for, and their results.
  static var analysisHistory: TableSchema {
    TableSchema(
      "analysis_history",
      columns: [
        .uuid,
        ColumnSchema("session_id", .uuid, null: true),
        ColumnSchema("document_id", .uuid, null: true),
        .name("user_id", maxLength: 100),
        .choice(
          "analysis_type",
          ["summary", "classification", "extraction", "sentiment", "risk", "comparison"]),
        .choice("status", ["pending", "running", "done", "failed"], default: "pending"),
        .document("input"),
        .document("result"),
        .note("summary"),
        .probability("confidence", null: true),
        .name("model", null: true, maxLength: 100),
        .amount("tokens_used", default: 0),
        .money("cost"),
        .flag("from_cache", default: false),
        .note("error"),
        ColumnSchema("requested_at", .timestamp, default: .now),
        .moment("started_at"),
        .moment("finished_at"),
        .moment("expires_at"),
        .createdAt,
      ],
      indexes: [
        ["user_id", "-requested_at"], ["document_id", "analysis_type"], ["expires_at"],
        IndexSchema(["requested_at"], where: "status = \"pending\""),
        IndexSchema(["result"], path: "labels[*]"),
      ],
      foreignKeys: [
        session, ForeignKeySchema("document_id", references: "documents", onDelete: .setNull),
      ],
      checks: [
        CheckSchema("started_after_request", "started_at >= requested_at"),
        CheckSchema("finished_after_start", "finished_at >= started_at"),
        CheckSchema("failure_is_explained", "status != \"failed\" or error is not null"),
        CheckSchema("done_has_result", "status != \"done\" or result is not null"),
      ])
  }
}
