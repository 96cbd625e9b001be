import CareFS

/// Columns that many tables have.
extension ColumnSchema {
  /// An integer key that the engine gives.
  static var id: ColumnSchema { ColumnSchema("id", .int, autoincrement: true) }

  /// A uuid key, made by the client or by the engine.
  static var uuid: ColumnSchema { ColumnSchema("id", .uuid, default: .uuid) }

  /// The time of insertion.
  static var createdAt: ColumnSchema {
    ColumnSchema("created_at", .timestamp, automatic: .createdAt)
  }

  /// The time of the last change.
  static var updatedAt: ColumnSchema {
    ColumnSchema("updated_at", .timestamp, automatic: .updatedAt)
  }

  /// A name or another short text that may not be empty.
  static func name(_ name: String, null: Bool = false, maxLength: Int = 200) -> ColumnSchema {
    ColumnSchema(name, .text, null: null, minLength: 1, maxLength: maxLength)
  }

  /// An address of electronic mail, compared without regard to case.
  static func email(null: Bool = false) -> ColumnSchema {
    ColumnSchema(
      "email", .text, null: null, maxLength: 254, pattern: "%_@_%", collation: .nocase)
  }

  /// A telephone number.
  static func phone(_ name: String = "phone", null: Bool = true) -> ColumnSchema {
    ColumnSchema(name, .text, null: null, minLength: 3, maxLength: 40)
  }

  /// One of some texts.
  static func choice(
    _ name: String, _ values: [String], null: Bool = false, default first: String? = nil
  ) -> ColumnSchema {
    ColumnSchema(
      name, .text, null: null, default: first.map { .constant(.text($0)) },
      oneOf: values.map { .text($0) })
  }

  /// A score from 0 to 10.
  static func score(_ name: String) -> ColumnSchema {
    ColumnSchema(name, .double, null: true, min: 0, max: 10)
  }

  /// A probability from 0 to 1.
  static func probability(_ name: String, null: Bool = false) -> ColumnSchema {
    ColumnSchema(name, .double, null: null, min: 0, max: 1)
  }

  /// A count or an amount that is never negative.
  static func amount(
    _ name: String, null: Bool = false, default value: DefaultValue? = nil
  ) -> ColumnSchema {
    ColumnSchema(name, .int, null: null, default: value, min: 0)
  }

  /// A sum of money.
  static func money(_ name: String) -> ColumnSchema {
    ColumnSchema(name, .decimal, null: true, min: 0)
  }

  /// A truth value with a default.
  static func flag(_ name: String, default value: Bool) -> ColumnSchema {
    ColumnSchema(name, .bool, default: .constant(.bool(value)))
  }

  /// Free text that may be missing.
  static func note(_ name: String) -> ColumnSchema { ColumnSchema(name, .text, null: true) }

  /// A document that may be missing.
  static func document(_ name: String) -> ColumnSchema { ColumnSchema(name, .json, null: true) }

  /// A moment that may not have come yet.
  static func moment(_ name: String) -> ColumnSchema {
    ColumnSchema(name, .timestamp, null: true)
  }

  /// A SHA-256 hash.
  static func hash(_ name: String, null: Bool = false) -> ColumnSchema {
    ColumnSchema(name, .bytes, null: null, minLength: 32, maxLength: 32)
  }
}
