import CareFS

extension Coaching {
  /// Sessions with a therapist or a coach, numbered for each user.
  static var therapeuticSessions: TableSchema {
    TableSchema(
      "therapeutic_sessions",
      columns: [
        .id,
        .name("user_id", maxLength: 100),
        .name("project_id", null: true, maxLength: 100),
        ColumnSchema("session_number", .int, min: 1),
        .choice(
          "session_type", ["individual", "couple", "family", "group", "assessment", "crisis"],
          default: "individual"),
        .choice(
          "status", ["scheduled", "in_progress", "completed", "cancelled", "no_show"],
          default: "scheduled"),
        ColumnSchema("scheduled_at", .timestamp),
        .moment("started_at"),
        .moment("ended_at"),
        ColumnSchema("duration_minutes", .int, null: true, min: 1, max: 480),
        .document("pre_assessment"),
        .score("pre_score"),
        .document("post_assessment"),
        .score("post_score"),
        .choice("risk_level", riskLevels, default: "none"),
        .note("risk_notes"),
        .document("techniques"),
        .document("homework"),
        .flag("homework_completed", default: false),
        .note("notes"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["user_id", "session_number"]],
      indexes: [
        ["scheduled_at"], ["user_id", "-scheduled_at"],
        IndexSchema(["scheduled_at"], where: "status = \"scheduled\""),
      ],
      foreignKeys: [user],
      checks: [
        CheckSchema("ended_after_start", "ended_at >= started_at"),
        CheckSchema("completed_has_end", "status != \"completed\" or ended_at is not null"),
        CheckSchema(
          "risk_is_explained",
          "risk_level not in (\"high\", \"crisis\") or risk_notes is not null"),
      ])
  }

  /// Progress by period.
  static var progressTracking: TableSchema {
    TableSchema(
      "progress_tracking",
      columns: [
        .id,
        .name("user_id", maxLength: 100),
        .name("project_id", null: true, maxLength: 100),
        ColumnSchema("session_id", .int, null: true),
        .choice("period", ["day", "week", "month", "quarter"]),
        ColumnSchema("period_start", .date),
        ColumnSchema("period_end", .date),
        .score("communication_score"),
        .score("trust_score"),
        .score("intimacy_score"),
        .score("conflict_resolution_score"),
        .score("emotional_regulation_score"),
        .score("overall_score"),
        .amount("sessions_completed", default: 0),
        .document("milestones"),
        .note("notes"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["user_id", "period", "period_start"]],
      indexes: [
        ["project_id", "period", "period_start"], ["period", "-period_start"],
        IndexSchema(["milestones"], path: "reached[*].name"),
      ],
      foreignKeys: [
        user,
        ForeignKeySchema("session_id", references: "therapeutic_sessions", onDelete: .setNull),
      ],
      checks: [CheckSchema("period_order", "period_end >= period_start")])
  }
}
