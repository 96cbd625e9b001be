import CareFS

extension CareModel {
  /// The tables of conversations with simulated patients.
  public static var conversations: [TableSchema] {
    [
      Conversations.patientCases, Conversations.conversations, Conversations.messages,
      Conversations.conversationData,
    ]
  }
}

/// The tables of conversations with simulated patients, one by one.
enum Conversations {
  /// Simulated patients. The document has a declared shape: its type, the patient's details and,
  /// when a model wrote it, how it was generated.
  static var patientCases: TableSchema {
    TableSchema(
      "patient_cases",
      columns: [
        .uuid,
        .choice("kind", ["ai_generated", "custom"]),
        .name("title"),
        .name("specialty", null: true),
        .choice("difficulty", ["easy", "medium", "hard"], default: "medium"),
        ColumnSchema("document", .json),
        ColumnSchema("legacy_document", .any, null: true),
        .flag("active", default: true),
        .name("author", null: true),
        .createdAt,
        .updatedAt,
      ],
      indexes: [
        ["kind", "title"], ["specialty", "difficulty"],
        IndexSchema(["document"], path: "patient_details.diagnosis"),
      ],
      checks: [
        CheckSchema(
          "document_type",
          "document.type is not null and document.type in (\"ai_generated\", \"custom\")"),
        CheckSchema("document_patient_details", "document.patient_details is not null"),
        CheckSchema(
          "document_generation_metadata",
          "kind = \"custom\" or document.generation_metadata is not null"),
      ])
  }

  /// Conversations, each with one simulated patient.
  static var conversations: TableSchema {
    TableSchema(
      "conversations",
      columns: [
        .uuid,
        ColumnSchema("case_id", .uuid, null: true),
        .name("user_id", maxLength: 100),
        .name("title", null: true, maxLength: 500),
        .choice(
          "status", ["active", "completed", "abandoned", "archived"], default: "active"),
        .name("language", null: true, maxLength: 35),
        .name("model", null: true, maxLength: 100),
        ColumnSchema("started_at", .timestamp, default: .now),
        .moment("ended_at"),
        .note("summary"),
        .score("score"),
        .document("metadata"),
        .createdAt,
        .updatedAt,
      ],
      indexes: [
        ["user_id", "-started_at"], ["-started_at"],
        IndexSchema(["started_at"], where: "status = \"active\""),
        IndexSchema(["metadata"], path: "specialty"),
        IndexSchema(["metadata"], path: "tags[*]"),
      ],
      foreignKeys: [
        ForeignKeySchema("case_id", references: "patient_cases", onDelete: .setNull)
      ],
      checks: [CheckSchema("ended_after_start", "ended_at >= started_at")])
  }

  /// What was said, in order.
  static var messages: TableSchema {
    TableSchema(
      "messages",
      columns: [
        .uuid,
        ColumnSchema("conversation_id", .uuid),
        .amount("sequence"),
        .choice("role", ["system", "user", "patient", "assistant", "tool"]),
        ColumnSchema("content", .text),
        ColumnSchema("reply_to_id", .uuid, null: true),
        .amount("tokens", null: true),
        .amount("latency_ms", null: true),
        .document("metadata"),
        .createdAt,
      ],
      unique: [["conversation_id", "sequence"]],
      indexes: [["created_at"]],
      foreignKeys: [
        ForeignKeySchema("conversation_id", references: "conversations", onDelete: .cascade),
        ForeignKeySchema("reply_to_id", references: "messages", onDelete: .setNull),
      ])
  }

  /// Named values of a conversation, each of whatever kind it came as.
  static var conversationData: TableSchema {
    TableSchema(
      "conversation_data",
      columns: [
        .id,
        ColumnSchema("conversation_id", .uuid),
        .name("data_key"),
        ColumnSchema("data_value", .any, null: true),
        .createdAt,
        .updatedAt,
      ],
      unique: [["conversation_id", "data_key"]],
      indexes: [["data_key"]],
      foreignKeys: [
        ForeignKeySchema("conversation_id", references: "conversations", onDelete: .cascade)
      ])
  }
}
