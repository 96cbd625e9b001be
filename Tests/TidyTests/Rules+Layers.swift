/// Which module may know of which: pages know no trees, trees know no rows.
enum LayerRules {
  static let all = [imports, pages, trees]

  private static let allowed: [String: Set<String>] = [
    "PageStore": [],
    "BTree": ["PageStore"],
    "CareFS": ["PageStore", "BTree", "CLZ4"],
    "CareModel": ["CareFS"],
    "CareFSTestSupport": ["CareFS", "PageStore"],
  ]
  private static let ours: Set<String> = [
    "PageStore", "BTree", "CareFS", "CareModel", "CareFSTestSupport", "CLZ4", "ArgumentParser",
  ]

  static let imports = Rule(
    name: "modules import downwards", scope: .sources
  ) { file in
    let parts = file.path.split(separator: "/").map(String.init)
    guard parts.count > 2, let allowed = allowed[parts[1]] else { return [] }
    return file.code.enumerated().compactMap { index, line in
      let words = Words.identifiers(in: line).map(\.word)
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
      let module = words[place + 1]
      guard ours.contains(module), !allowed.contains(module) else { return nil }
      return (index + 1, "\(parts[1]) may not import \(module)")
    }
  }

  private static func vocabulary(
    _ name: String, module: String, _ banned: Set<String>, _ advice: String
  ) -> Rule {
    Rule.code(name, in: .swift(under: "Sources/\(module)")) { line in
      for (word, _, _) in Words.identifiers(in: line) {
        if banned.contains(word) { return "`\(word)`: \(advice)" }
        if let part = Words.parts(of: word).first(where: banned.contains) {
          return "`\(word)` speaks of a \(part): \(advice)"
        }
      }
      return nil
    }
  }

  /// A log has records and a page has an owner; neither is a row or a tree of keys.
  static let pages = vocabulary(
    "PageStore names no tree and no row", module: "PageStore",
    [
      "BTree", "btree", "row", "rows", "column", "columns", "schema", "catalog", "document",
      "documents", "json", "patient",
    ],
    "PageStore holds pages and knows nothing of what is on them")

  static let trees = vocabulary(
    "BTree names no row", module: "BTree",
    [
      "row", "rows", "record", "records", "column", "columns", "schema", "catalog", "document",
      "documents", "json", "patient",
    ],
    "BTree maps bytes to bytes and knows nothing of their meaning")
}
