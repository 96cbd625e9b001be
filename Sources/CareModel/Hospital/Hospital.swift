import CareFS

extension CareModel {
  /// The tables of the hospital: patients, staff, queue, appointments, users and audit.
  public static var hospital: [TableSchema] {
    [
      Hospital.patients, Hospital.doctors, Hospital.specializations,
      Hospital.doctorSpecializations, Hospital.queueEntries, Hospital.appointments,
      Hospital.appointmentReminders, Hospital.users, Hospital.auditLogs,
    ]
  }
}

/// The hospital's tables, one by one.
enum Hospital {}
