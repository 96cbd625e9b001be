import CareFS

/// The schema as a Graphviz graph: a box for each table, an arrow for each reference.
enum SchemaGraph {
  static func render(_ schema: DatabaseSchema) -> String {
    var out = "digraph carefs {\n  rankdir=LR;\n  node [shape=plaintext, fontname=\"Helvetica\"];\n"
    for table in schema.tables { out += box(table) }
    for table in schema.tables {
      for key in table.foreignKeys {
        let style = key.onDelete == .cascade ? "solid" : "dashed"
        out += "  \(quote(table.name)) -> \(quote(key.references)) "
        out += "[label=\(quote(key.columns.joined(separator: ", "))), style=\(style)];\n"
      }
    }
    return out + "}\n"
  }

  private static func box(_ table: TableSchema) -> String {
    var out = "  \(quote(table.name)) [label=<<table border=\"0\" cellborder=\"1\" "
    out += "cellspacing=\"0\"><tr><td bgcolor=\"#dde6f0\"><b>\(escape(table.name))</b></td></tr>"
    for column in table.columns {
      let name = escape(column.name)
      let shown = table.primaryKey.contains(column.name) ? "<u>\(name)</u>" : name
      let null = column.nullable ? "?" : ""
      out += "<tr><td align=\"left\">\(shown) <i>\(column.type.name)\(null)</i></td></tr>"
    }
    return out + "</table>>];\n"
  }

  private static func quote(_ text: String) -> String {
    var out = "\""
    for character in text {
      if character == "\"" || character == "\\" { out.append("\\") }
      out.append(character)
    }
    return out + "\""
  }

  private static func escape(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
    return out
  }
}
