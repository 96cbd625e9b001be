import CareFS

extension CareModel {
  /// The tables of relationship coaching.
  public static var coaching: [TableSchema] {
    [
      Coaching.advancedUserProfiles, Coaching.conversationHistories, Coaching.analysisCache,
      Coaching.therapeuticSessions, Coaching.progressTracking,
    ]
  }
}

/// The tables of relationship coaching, one by one.
enum Coaching {
  /// Levels of risk, from none to a crisis.
  static let riskLevels = ["none", "low", "moderate", "high", "crisis"]

  /// A reference to the user's profile: everything of a user goes with it.
  static var user: ForeignKeySchema {
    ForeignKeySchema(
      ["user_id"], references: "advanced_user_profiles", referencedColumns: ["user_id"],
      onDelete: .cascade)
  }
}
