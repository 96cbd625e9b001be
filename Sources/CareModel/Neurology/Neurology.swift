import CareFS

extension CareModel {
  /// The tables of the neurology clinic.
  public static var neurology: [TableSchema] {
    [
      Neurology.patients, Neurology.doctors, Neurology.sessions, Neurology.mriScans,
      Neurology.predictions, Neurology.reports, Neurology.doctorPatientAssignments,
      Neurology.consultations, Neurology.reportStatus, Neurology.patientTimeline,
      Neurology.patientStatistics,
    ]
  }
}

/// The neurology clinic's tables, one by one.
enum Neurology {
  /// What a scan or a report found, from nothing to an emergency.
  static let severities = ["normal", "mild", "moderate", "severe", "critical"]

  /// A reference to the patient: everything of a patient goes with the patient.
  static var patient: ForeignKeySchema {
    ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade)
  }
}
