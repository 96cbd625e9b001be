/// Which type of column a declared SQL type means.
enum SQLTypeMap {
  /// The type that a declaration, in upper case, means; nil when it is not known.
  static func type(of declared: String) -> ColumnType? {
    if declared.isEmpty || declared == "ANY" { return .any }
    if declared.hasSuffix("[]") { return .text }
    if let exact = exact[declared] { return exact }
    if declared.hasPrefix("TIMESTAMP") || declared.hasPrefix("DATETIME") { return .timestamp }
    if declared.hasPrefix("DECIMAL") || declared.hasPrefix("NUMERIC") { return .decimal }
    if declared.hasPrefix("JSON") { return .json }
    if declared.hasPrefix("INTERVAL") { return .text }
    if declared.hasPrefix("TIME ") {
      return declared == "TIME WITH TIME ZONE" ? .text : .time
    }
    // The rules by which SQLite finds the affinity of a column, in its order.
    func holds(_ part: String) -> Bool {
      var rest = declared.utf8[...]
      while rest.count >= part.utf8.count {
        if rest.starts(with: part.utf8) { return true }
        rest = rest.dropFirst()
      }
      return false
    }
    if holds("INT") || holds("SERIAL") { return .int }
    if holds("CHAR") || holds("CLOB") || holds("TEXT") || holds("STRING") { return .text }
    if holds("BLOB") || holds("BINARY") { return .bytes }
    if holds("REAL") || holds("FLOA") || holds("DOUB") { return .double }
    return nil
  }

  private static let exact: [String: ColumnType] = [
    "BOOL": .bool, "BOOLEAN": .bool, "UUID": .uuid, "GUID": .uuid, "DATE": .date, "TIME": .time,
    "TIMETZ": .text, "NUMBER": .decimal, "DEC": .decimal, "BYTEA": .bytes, "CITEXT": .text,
    "NAME": .text, "INET": .text, "CIDR": .text, "MACADDR": .text, "XML": .text, "ENUM": .text,
    "OID": .int,
  ]
}
