import CareFS

extension Hospital {
  /// Who may use the system.
  static var users: TableSchema {
    TableSchema(
      "users",
      columns: [
        .id,
        ColumnSchema(
          "username", .text, minLength: 3, maxLength: 60, collation: .nocase),
        ColumnSchema("password_hash", .text, minLength: 20, maxLength: 500),
        .name("full_name", null: true),
        .email(null: true),
        .choice(
          "role", ["Admin", "Doctor", "Nurse", "Receptionist", "Auditor"],
          default: "Receptionist"),
        ColumnSchema("doctor_id", .int, null: true),
        .flag("active", default: true),
        ColumnSchema("failed_logins", .int, default: 0, min: 0),
        .moment("last_login_at"),
        .moment("locked_until"),
        .document("preferences"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["username"], ["email"]],
      indexes: [["role"]],
      foreignKeys: [ForeignKeySchema("doctor_id", references: "doctors", onDelete: .setNull)])
  }

  /// What users did.
  static var auditLogs: TableSchema {
    TableSchema(
      "audit_logs",
      columns: [
        .id,
        ColumnSchema("at", .timestamp, default: .now),
        ColumnSchema("user_id", .int, null: true),
        .choice(
          "action", ["Insert", "Update", "Delete", "Read", "Export", "Login", "Logout"]),
        .name("table_name", null: true),
        ColumnSchema("record_key", .text, null: true),
        .document("before"),
        .document("after"),
        .name("address", null: true, maxLength: 60),
        .hash("previous_hash", null: true),
      ],
      indexes: [["table_name", "record_key"], ["-at"], ["action", "-at"]],
      foreignKeys: [ForeignKeySchema("user_id", references: "users", onDelete: .setNull)],
      checks: [
        CheckSchema("key_needs_table", "record_key is null or table_name is not null")
      ])
  }
}
