import CareFS

extension Hospital {
  /// Patients. Status: 0 active, 1 inactive, 2 deceased.
  static var patients: TableSchema {
    TableSchema(
      "patients",
      columns: [
        .id,
        .name("full_name"),
        .name("medical_record_number", null: true, maxLength: 40),
        ColumnSchema("date_of_birth", .date, min: "1850-01-01"),
        .choice("gender", ["Male", "Female", "Other"], null: true),
        .phone(),
        .email(null: true),
        .note("address"),
        .name("city", null: true),
        .name("postal_code", null: true, maxLength: 20),
        .name("emergency_contact_name", null: true),
        .phone("emergency_contact_phone"),
        .name("emergency_contact_relation", null: true, maxLength: 60),
        .choice("blood_type", ["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"], null: true),
        .document("allergies"),
        .document("chronic_conditions"),
        .name("insurance_provider", null: true),
        .name("insurance_number", null: true, maxLength: 60),
        ColumnSchema("status", .int, default: 0, min: 0, max: 2),
        ColumnSchema("primary_doctor_id", .int, null: true),
        .note("notes"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["medical_record_number"], ["email"]],
      indexes: [
        ["full_name"], ["phone"], ["status", "full_name"], ["date_of_birth"],
        IndexSchema(["allergies"], path: "items[*]"),
      ],
      foreignKeys: [
        ForeignKeySchema("primary_doctor_id", references: "doctors", onDelete: .setNull)
      ],
      checks: [
        CheckSchema(
          "emergency_contact_complete",
          "emergency_contact_phone is null or emergency_contact_name is not null"),
        CheckSchema(
          "insurance_complete", "insurance_number is null or insurance_provider is not null"),
      ])
  }

  /// Doctors. Status: 0 available, 1 busy, 2 absent.
  static var doctors: TableSchema {
    TableSchema(
      "doctors",
      columns: [
        .id,
        .name("first_name"),
        .name("last_name"),
        .name("license_number", maxLength: 40),
        .name("title", null: true, maxLength: 40),
        .phone(),
        .email(null: true),
        .name("department", null: true),
        .name("room", null: true, maxLength: 40),
        ColumnSchema("max_capacity", .int, default: 10, min: 1),
        ColumnSchema("status", .int, default: 0, min: 0, max: 2),
        ColumnSchema("hired_on", .date, null: true),
        ColumnSchema("left_on", .date, null: true),
        ColumnSchema("shift_start", .time, null: true),
        ColumnSchema("shift_end", .time, null: true),
        .document("working_hours"),
        .flag("active", default: true),
        .createdAt,
        .updatedAt,
      ],
      unique: [["license_number"], ["email"]],
      indexes: [
        ["last_name", "first_name"], ["department"],
        IndexSchema(["status"], where: "active = true"),
      ],
      checks: [
        CheckSchema("employment_order", "left_on >= hired_on"),
        CheckSchema("shift_order", "shift_end > shift_start"),
      ])
  }

  /// What a doctor can be qualified in, and what a queue is for.
  static var specializations: TableSchema {
    TableSchema(
      "specializations",
      columns: [
        .id,
        ColumnSchema(
          "name", .text, minLength: 1, maxLength: 100, collation: .nocase),
        .note("description"),
        ColumnSchema("average_minutes", .int, default: 30, min: 5, max: 480),
        .flag("active", default: true),
        .createdAt,
      ],
      unique: [["name"]])
  }

  /// Who is qualified in what.
  static var doctorSpecializations: TableSchema {
    TableSchema(
      "doctor_specializations",
      columns: [
        ColumnSchema("doctor_id", .int),
        ColumnSchema("specialization_id", .int),
        .flag("is_primary", default: false),
        .name("certificate_number", null: true, maxLength: 60),
        ColumnSchema("certified_on", .date, null: true),
        ColumnSchema("expires_on", .date, null: true),
        .flag("active", default: true),
        .createdAt,
      ],
      primaryKey: ["doctor_id", "specialization_id"],
      indexes: [["expires_on"]],
      foreignKeys: [
        ForeignKeySchema("doctor_id", references: "doctors", onDelete: .cascade),
        ForeignKeySchema("specialization_id", references: "specializations", onDelete: .cascade),
      ],
      checks: [CheckSchema("certificate_order", "expires_on > certified_on")])
  }
}
