import CareFS
import CareModel

/// The hospital with conversations and reports of its own patients: schemas are values, so tables
/// of several systems can be put together and joined by references.
enum DemoSchema {
  static func make() -> DatabaseSchema {
    var reports = CareModel.neurology.filter { $0.name == "reports" }
    for index in reports.indices {
      let own: Set<String> = ["prediction_id"]
      reports[index].columns.removeAll { own.contains($0.name) }
      reports[index].foreignKeys.removeAll { !own.isDisjoint(with: $0.columns) }
    }
    var conversations = CareModel.conversations
    for index in conversations.indices where conversations[index].name == "conversations" {
      conversations[index].columns.append(ColumnSchema("patient_id", .int, null: true))
      conversations[index].foreignKeys.append(
        ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade))
    }
    return DatabaseSchema(CareModel.hospital + conversations + reports)
  }
}
