import CareFS

extension Hospital {
  /// The waiting queues. Status: 0 waiting, 1 called, 2 in treatment, 3 done. Priority: 0 normal,
  /// 1 urgent, 2 emergency.
  static var queueEntries: TableSchema {
    TableSchema(
      "queue_entries",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        ColumnSchema("specialization_id", .int),
        ColumnSchema("doctor_id", .int, null: true),
        ColumnSchema("status", .int, default: 0, min: 0, max: 3),
        ColumnSchema("priority", .int, default: 0, min: 0, max: 2),
        ColumnSchema("position", .int, min: 1),
        .note("reason"),
        ColumnSchema("joined_at", .timestamp, default: .now),
        .moment("called_at"),
        .moment("started_at"),
        .moment("finished_at"),
        .createdAt,
        .updatedAt,
      ],
      indexes: [
        ["specialization_id", "status", "position"],
        IndexSchema(["specialization_id", "-priority", "position"], where: "status = 0"),
        ["-joined_at"],
      ],
      foreignKeys: [
        ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade),
        ForeignKeySchema("specialization_id", references: "specializations"),
        ForeignKeySchema("doctor_id", references: "doctors", onDelete: .setNull),
      ],
      checks: [
        CheckSchema("called_after_joining", "called_at >= joined_at"),
        CheckSchema("started_after_call", "started_at >= called_at"),
        CheckSchema("finished_after_start", "finished_at >= started_at"),
        CheckSchema("waiting_is_not_finished", "status = 3 or finished_at is null"),
      ])
  }

  /// Appointments. A follow-up may name the appointment that it follows.
  static var appointments: TableSchema {
    TableSchema(
      "appointments",
      columns: [
        .id,
        ColumnSchema("patient_id", .int),
        ColumnSchema("doctor_id", .int),
        ColumnSchema("date", .date),
        ColumnSchema("time", .time),
        ColumnSchema("duration", .int, default: 30, min: 5, max: 480),
        .choice("type", ["Regular", "Follow-up", "Emergency"], default: "Regular"),
        .choice(
          "status", ["Scheduled", "Confirmed", "Cancelled", "Completed", "No-Show"],
          default: "Scheduled"),
        .name("room", null: true, maxLength: 40),
        ColumnSchema("reason", .text, null: true, maxLength: 2000),
        .note("notes"),
        .document("details"),
        ColumnSchema("previous_appointment_id", .int, null: true),
        .moment("confirmed_at"),
        .moment("cancelled_at"),
        ColumnSchema("cancellation_reason", .text, null: true, maxLength: 2000),
        .createdAt,
        .updatedAt,
      ],
      unique: [["doctor_id", "date", "time"]],
      indexes: [
        ["date", "time"], ["patient_id", "-date"],
        IndexSchema(["date"], where: "status = \"Scheduled\""),
        IndexSchema(["details"], path: "specialty"),
      ],
      foreignKeys: [
        ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade),
        ForeignKeySchema("doctor_id", references: "doctors"),
        ForeignKeySchema(
          "previous_appointment_id", references: "appointments", onDelete: .setNull),
      ],
      checks: [
        CheckSchema(
          "reason_only_when_cancelled", "cancellation_reason is null or status = \"Cancelled\""),
        CheckSchema("cancelled_has_no_time", "cancelled_at is null or status = \"Cancelled\""),
      ])
  }

  /// Reminders of appointments.
  static var appointmentReminders: TableSchema {
    TableSchema(
      "appointment_reminders",
      columns: [
        .id,
        ColumnSchema("appointment_id", .int),
        .choice("channel", ["Email", "SMS", "Phone"], default: "Email"),
        .choice("status", ["Pending", "Sent", "Failed"], default: "Pending"),
        ColumnSchema("attempts", .int, default: 0, min: 0, max: 20),
        ColumnSchema("remind_at", .timestamp),
        .moment("sent_at"),
        .note("message"),
        .note("error"),
        .createdAt,
      ],
      unique: [["appointment_id", "channel", "remind_at"]],
      indexes: [IndexSchema(["remind_at"], where: "status = \"Pending\"")],
      foreignKeys: [
        ForeignKeySchema("appointment_id", references: "appointments", onDelete: .cascade)
      ],
      checks: [CheckSchema("sent_has_time", "status != \"Sent\" or sent_at is not null")])
  }
}
