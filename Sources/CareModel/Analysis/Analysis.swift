import CareFS

extension CareModel {
  /// The tables of the analysis service.
  public static var analysis: [TableSchema] {
    [
      Analysis.analysisHistory, Analysis.documents, Analysis.ocrExtractions,
      Analysis.userSessions, Analysis.auditLog,
    ]
  }
}

/// The analysis service's tables, one by one.
enum Analysis {
  /// A reference to the session in which something was made. It outlives the session.
  static var session: ForeignKeySchema {
    ForeignKeySchema("session_id", references: "user_sessions", onDelete: .setNull)
  }

  /// Sessions of users.
  static var userSessions: TableSchema {
    TableSchema(
      "user_sessions",
      columns: [
        .uuid,
        .name("user_id", maxLength: 100),
        .hash("token_hash"),
        .name("address", null: true, maxLength: 60),
        ColumnSchema("user_agent", .text, null: true, maxLength: 1000),
        .document("data"),
        ColumnSchema("started_at", .timestamp, default: .now),
        .moment("last_seen_at"),
        ColumnSchema("expires_at", .timestamp),
        .flag("revoked", default: false),
        .moment("revoked_at"),
        .createdAt,
      ],
      unique: [["token_hash"]],
      indexes: [
        ["user_id", "-started_at"], IndexSchema(["expires_at"], where: "revoked = false"),
      ],
      checks: [
        CheckSchema("expiry_after_start", "expires_at > started_at"),
        CheckSchema("revoked_has_time", "revoked = false or revoked_at is not null"),
      ])
  }

  /// Every action, append-only: each entry carries the hash of the one before.
  static var auditLog: TableSchema {
    TableSchema(
      "audit_log",
      columns: [
        .id,
        ColumnSchema("at", .timestamp, default: .now),
        .name("actor", maxLength: 100),
        .choice(
          "action",
          ["create", "read", "update", "delete", "export", "analyse", "login", "logout"]),
        .name("table_name", null: true, maxLength: 100),
        ColumnSchema("record_key", .text, null: true),
        .document("before"),
        .document("after"),
        ColumnSchema("reason", .text, null: true, maxLength: 2000),
        .name("address", null: true, maxLength: 60),
        .hash("previous_hash", null: true),
        .hash("entry_hash"),
      ],
      unique: [["entry_hash"]],
      indexes: [["table_name", "record_key"], ["actor", "-at"], ["-at"]],
      checks: [CheckSchema("key_needs_table", "record_key is null or table_name is not null")])
  }
}
