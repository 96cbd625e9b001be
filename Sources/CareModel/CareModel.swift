import CareFS

/// The schemas of five health-care systems, as values.
///
/// | name | system |
/// |---|---|
/// | `hospital` | queue, appointments, staff and audit of a hospital |
/// | `conversations` | conversations with simulated patients |
/// | `coaching` | relationship coaching |
/// | `neurology` | a neurology clinic with scans, predictions and reports |
/// | `analysis` | an analysis service with documents and text recognition |
/// | `all` | all five in one database |
///
/// Each system uses plain table names. Only `patients` and `doctors` exist in two of them: in
/// `all` those of the hospital keep their names, and those of the neurology clinic are
/// `neurology_patients` and `neurology_doctors`.
///
/// Columns that hold moments stand in the order in which they happen.
public enum CareModel {
  /// The names that ``schema(named:)`` knows.
  public static let names =
    ["hospital", "conversations", "coaching", "neurology", "analysis", "all"]

  /// The schema of a system, or of all of them; nil when there is none of that name.
  public static func schema(named name: String) -> DatabaseSchema? {
    switch name {
    case "hospital": DatabaseSchema(hospital)
    case "conversations": DatabaseSchema(conversations)
    case "coaching": DatabaseSchema(coaching)
    case "neurology": DatabaseSchema(neurology)
    case "analysis": DatabaseSchema(analysis)
    case "all": DatabaseSchema(all)
    default: nil
    }
  }

  /// The tables of the five systems in one database.
  public static var all: [TableSchema] {
    hospital + conversations + coaching
      + neurology.prefixing("neurology_", where: Set(hospital.map(\.name))) + analysis
  }
}

extension [TableSchema] {
  /// The tables with a prefix before the names that are in a set, in references too.
  func prefixing(_ prefix: String, where names: Set<String>) -> [TableSchema] {
    map { table in
      var table = table
      if names.contains(table.name) { table.name = prefix + table.name }
      for index in table.foreignKeys.indices
      where names.contains(table.foreignKeys[index].references) {
        table.foreignKeys[index].references = prefix + table.foreignKeys[index].references
      }
      return table
    }
  }
}
