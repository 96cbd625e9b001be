import CareFS

/// Rows given as JSON objects.
enum RowText {
  /// The text of an argument; `-` is standard input.
  static func text(_ word: Word) throws -> JSON {
    let bytes =
      word.text == "-" ? try FileInput("-").readAll() : Array(word.text.utf8)
    do throws(JSONError) {
      return try JSON(validating: bytes)
    } catch {
      throw Failure(.refused, "the row is not JSON: \(error)")
    }
  }

  /// The columns that an object names, with their values.
  static func fields(_ object: JSON, _ table: TableSchema) throws -> [String: Value] {
    guard let members = object.members else {
      throw Failure(.refused, "\(table.name): the row must be a JSON object")
    }
    var fields: [String: Value] = [:]
    for (name, json) in members {
      guard let column = table.column(name) else {
        throw Failure(.refused, "\(table.name).\(name): there is no such column")
      }
      do throws(ValueTextError) {
        let value = try ValueText.parse(json: json, as: column.type, nullable: column.nullable)
        if case .null = value, column.autoincrement { continue }
        fields[name] = value
      } catch {
        throw Failure(.refused, "\(table.name).\(name): \(error)")
      }
    }
    return fields
  }
}
