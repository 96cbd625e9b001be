import CareFS

extension Coaching {
  /// One profile for each user.
  static var advancedUserProfiles: TableSchema {
    TableSchema(
      "advanced_user_profiles",
      columns: [
        .id,
        .name("user_id", maxLength: 100),
        .name("display_name", null: true),
        .choice(
          "completion_status", ["not_started", "in_progress", "completed"],
          default: "not_started"),
        ColumnSchema("completion_percentage", .int, default: 0, min: 0, max: 100),
        .choice(
          "attachment_style", ["secure", "anxious", "avoidant", "disorganized"], null: true),
        .document("attachment_assessment"),
        .choice(
          "communication_style", ["passive", "aggressive", "passive_aggressive", "assertive"],
          null: true),
        .document("communication_assessment"),
        .choice(
          "relationship_status",
          ["single", "dating", "engaged", "married", "separated", "divorced", "widowed"],
          null: true),
        .document("objectives"),
        .document("challenges"),
        .document("strengths"),
        .document("crisis_plan"),
        .choice("risk_level", riskLevels, default: "none"),
        .moment("consented_at"),
        .moment("completed_at"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["user_id"]],
      indexes: [
        ["completion_status", "-completion_percentage"],
        IndexSchema(["risk_level"], where: "risk_level in (\"high\", \"crisis\")"),
        IndexSchema(["objectives"], path: "items[*]"),
      ],
      checks: [
        CheckSchema(
          "completed_is_whole",
          "completion_status != \"completed\" or completion_percentage = 100"),
        CheckSchema(
          "crisis_has_plan", "risk_level != \"crisis\" or crisis_plan is not null"),
      ])
  }

  /// Conversations of users, kept whole.
  static var conversationHistories: TableSchema {
    TableSchema(
      "conversation_histories",
      columns: [
        .id,
        .name("user_id", maxLength: 100),
        .name("project_id", null: true, maxLength: 100),
        .name("conversation_id", maxLength: 100),
        .name("title", null: true, maxLength: 500),
        ColumnSchema("messages", .json),
        .amount("message_count", default: 0),
        ColumnSchema("sentiment", .double, null: true, min: -1, max: 1),
        .document("topics"),
        .document("insights"),
        ColumnSchema("started_at", .timestamp, default: .now),
        .moment("ended_at"),
        .moment("retain_until"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["user_id", "conversation_id"]],
      indexes: [
        ["user_id", "-started_at"], ["project_id", "-started_at"], ["retain_until"],
        IndexSchema(["topics"], path: "names[*]"),
      ],
      foreignKeys: [user],
      checks: [CheckSchema("ended_after_start", "ended_at >= started_at")])
  }

  /// Results of analyses that are worth keeping for a while.
  static var analysisCache: TableSchema {
    TableSchema(
      "analysis_cache",
      columns: [
        .id,
        .name("cache_key", maxLength: 500),
        ColumnSchema("user_id", .text, null: true, minLength: 1, maxLength: 100),
        .name("project_id", null: true, maxLength: 100),
        .name("analysis_type", maxLength: 100),
        .hash("input_hash", null: true),
        ColumnSchema("result", .json),
        .name("model", null: true, maxLength: 100),
        .amount("tokens_used", default: 0),
        .money("cost"),
        .choice("status", ["fresh", "stale", "expired", "invalid"], default: "fresh"),
        .amount("hit_count", default: 0),
        .document("dependencies"),
        ColumnSchema("computed_at", .timestamp, default: .now),
        .moment("refresh_after"),
        .moment("expires_at"),
        .moment("last_hit_at"),
        .moment("invalidated_at"),
        .note("invalidation_reason"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["cache_key"]],
      indexes: [
        ["user_id", "analysis_type"], ["expires_at"], ["status", "refresh_after"],
        IndexSchema(["dependencies"], path: "names[*]"),
      ],
      foreignKeys: [user],
      checks: [
        CheckSchema("refresh_before_expiry", "refresh_after <= expires_at"),
        CheckSchema("expiry_after_computation", "expires_at > computed_at"),
        CheckSchema(
          "reason_only_when_invalidated",
          "invalidation_reason is null or invalidated_at is not null"),
      ])
  }
}
