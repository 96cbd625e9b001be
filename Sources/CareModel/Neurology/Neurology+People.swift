import CareFS

extension Neurology {
  /// Patients of the clinic.
  static var patients: TableSchema {
    TableSchema(
      "patients",
      columns: [
        .id,
        .name("full_name"),
        .name("medical_record_number", maxLength: 40),
        ColumnSchema("date_of_birth", .date, min: "1850-01-01"),
        .choice("sex", ["female", "male", "other"], null: true),
        .choice("handedness", ["right", "left", "both"], null: true),
        .phone(),
        .email(null: true),
        .note("address"),
        ColumnSchema("education_years", .int, null: true, min: 0, max: 40),
        .document("medical_history"),
        .document("family_history"),
        .choice("status", ["active", "inactive", "deceased"], default: "active"),
        .moment("consented_at"),
        .createdAt,
        .updatedAt,
      ],
      unique: [["medical_record_number"], ["email"]],
      indexes: [
        ["full_name"], ["date_of_birth"],
        IndexSchema(["medical_history"], path: "diagnoses[*].code"),
      ])
  }

  /// Doctors of the clinic.
  static var doctors: TableSchema {
    TableSchema(
      "doctors",
      columns: [
        .id,
        .name("full_name"),
        .name("license_number", maxLength: 40),
        .name("specialization", null: true),
        .email(),
        .phone(),
        .name("hospital", null: true),
        ColumnSchema("years_of_experience", .int, null: true, min: 0, max: 80),
        .flag("active", default: true),
        .createdAt,
        .updatedAt,
      ],
      unique: [["license_number"], ["email"]],
      indexes: [["full_name"], IndexSchema(["specialization"], where: "active = true")])
  }

  /// Which doctor cares for which patient.
  static var doctorPatientAssignments: TableSchema {
    TableSchema(
      "doctor_patient_assignments",
      columns: [
        ColumnSchema("doctor_id", .int),
        ColumnSchema("patient_id", .int),
        .choice("assignment_type", ["primary", "consulting", "covering"], default: "primary"),
        .flag("active", default: true),
        ColumnSchema("assigned_on", .date, default: .today),
        ColumnSchema("ended_on", .date, null: true),
        .note("notes"),
        .createdAt,
      ],
      primaryKey: ["doctor_id", "patient_id"],
      indexes: [
        ["patient_id", "-assigned_on"],
        IndexSchema(["doctor_id", "assignment_type"], where: "active = true"),
      ],
      foreignKeys: [
        ForeignKeySchema("doctor_id", references: "doctors", onDelete: .cascade), patient,
      ],
      checks: [
        CheckSchema("assignment_order", "ended_on >= assigned_on"),
        CheckSchema("active_has_no_end", "active = false or ended_on is null"),
      ])
  }

  /// Counts and latest values for each patient.
  static var patientStatistics: TableSchema {
    TableSchema(
      "patient_statistics",
      columns: [
        ColumnSchema("patient_id", .int),
        .amount("session_count", default: 0),
        .amount("scan_count", default: 0),
        .amount("prediction_count", default: 0),
        .amount("report_count", default: 0),
        .amount("consultation_count", default: 0),
        .amount("distinct_doctor_count", default: 0),
        .probability("min_confidence", null: true),
        .probability("average_confidence", null: true),
        .probability("max_confidence", null: true),
        .name("latest_prediction", null: true),
        ColumnSchema("latest_scan_on", .date, null: true),
        .moment("last_activity_at"),
        .updatedAt,
      ],
      primaryKey: ["patient_id"],
      indexes: [["-last_activity_at"]],
      foreignKeys: [patient],
      checks: [
        CheckSchema("confidence_order", "min_confidence <= max_confidence"),
        CheckSchema(
          "average_within", "average_confidence between min_confidence and max_confidence"),
      ])
  }
}
