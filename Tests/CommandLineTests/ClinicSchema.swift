/// A small clinic with every kind of constraint, as JSON.
enum ClinicSchema {
  static let json = #"""
    {"tables": [
      {"name": "patients", "columns": [
          {"name": "id", "type": "int", "autoincrement": true},
          {"name": "full_name", "type": "text"},
          {"name": "email", "type": "text"},
          {"name": "status", "type": "int", "default": 0, "min": 0, "max": 2},
          {"name": "born", "type": "date", "null": true},
          {"name": "note", "type": "json", "null": true}],
        "primaryKey": ["id"], "unique": [{"columns": ["email"]}],
        "indexes": [{"columns": ["full_name"]}]},
      {"name": "visits", "columns": [
          {"name": "patient_id", "type": "int"},
          {"name": "number", "type": "int"},
          {"name": "parent", "type": "int", "null": true}],
        "primaryKey": ["number"],
        "foreignKeys": [
          {"columns": ["patient_id"], "references": "patients", "onDelete": "cascade"},
          {"columns": ["parent"], "references": "visits", "onDelete": "cascade"}]},
      {"name": "scores", "columns": [
          {"name": "test", "type": "text"}, {"name": "level", "type": "int"},
          {"name": "value", "type": "decimal"}],
        "primaryKey": ["test", "level"]}]}
    """#
}

extension Shell {
  /// A new clinic.
  func clinic(_ name: String = "a.carefs") throws -> String {
    let schema = try file("clinic.json", ClinicSchema.json)
    try succeed("init", path(name), "--schema", schema)
    return path(name)
  }

  /// A clinic with three patients and three visits.
  func filledClinic() throws -> String {
    let clinic = try clinic()
    let patients = """
      {"full_name":"Ada","email":"ada@x","born":"1980-02-03"}
      {"full_name":"Ben","email":"ben@x","note":{"k": [1,  2]}}
      {"full_name":"Čeněk, \\"Č\\"","email":"c@x","status":2}

      """
    try succeed("import", clinic, "patients", "-", "--format", "ndjson", input: patients)
    let visits = """
      {"number":-1,"patient_id":1}
      {"number":2,"patient_id":1,"parent":-1}
      {"number":3,"patient_id":2}

      """
    try succeed("import", clinic, "visits", "-", "--format", "ndjson", input: visits)
    return clinic
  }
}
