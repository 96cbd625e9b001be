import CareFS

extension FuzzTarget {
  /// A path, a line end, and a document.
  static let json = FuzzTarget(
    "json", maximumLength: 2048, shape: .text(words: jsonWords), seeds: { jsonSeeds },
    { input in
      let split = input.firstIndex(of: 0x0A) ?? 0
      let path = JSONPath(String(decoding: input[..<split], as: UTF8.self))
      let document = UnsafeRawBufferPointer(rebasing: input[split...])
      if let path {
        try FuzzFinding.unless(
          JSONPath(path.description) == path, "a path reads otherwise when it is printed")
        // Bytes that are no JSON must not break a lookup either.
        do { _ = try path.matches(in: document) } catch  where KnownErrors.contains(error) {}
      }
      try JSONScanner.validate(document)
      let whole = try JSON(validating: document)
      try visit(whole, depth: 0)
      guard let path else { return }
      try lookUp(path, in: document)
    })

  /// Every match is JSON, and one lookup finds what all of them begin with.
  private static func lookUp(_ path: JSONPath, in document: UnsafeRawBufferPointer) throws {
    let matches = try path.matches(in: document)
    for match in matches {
      try FuzzFinding.unless(
        match.range.lowerBound >= 0 && match.range.upperBound <= document.count,
        "a match lies outside of the document")
      let part = UnsafeRawBufferPointer(rebasing: document[match.range])
      do { try JSONScanner.validate(part) } catch {
        throw FuzzFinding("a match is no JSON: \(error)")
      }
    }
    guard !path.isMultiple else { return }
    let found = try path.find(in: document)
    try FuzzFinding.unless(found == matches.first, "two lookups differ")
  }

  private static func visit(_ value: JSON, depth: Int) throws {
    _ = (value.kind, value.bool, value.int, value.double, value.string)
    guard depth < 4 else { return }
    for element in (value.elements ?? []).prefix(3) { try visit(element, depth: depth + 1) }
    for member in (value.members ?? []).prefix(3) {
      _ = value[member: member.name]
      try visit(member.value, depth: depth + 1)
    }
  }

  private static let jsonWords = [
    "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0000", "\\ud83d\\ude00", "\\udc00", "null",
    "true", "false", "-0", "1e400", "0.1E-5", "\"a\":", "[*]", "[0]", "[99999999999]", "`", ".",
    "a.b[0].c", "\n", " ", "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":", "\u{FEFF}", "é",
  ]

  private static let jsonSeeds: [[UInt8]] = [
    "a", "a.b", "a[0]", "a[*]", "a[*].b", "`odd name`.x", "[0]", "[*][1]", "meta.kind",
    "a..b", "", "a[", "*",
  ].flatMap { path in
    [
      #"{"a":{"b":[1,2,{"c":null}]},"meta":{"kind":"k"},"a":[{"b":1},{"b":"x"}]}"#,
      #"[[1,2.5e-3],"\u00e9\n",true,{"odd name":{"x":-0.0}}]"#,
    ].map { Array((path + "\n" + $0).utf8) }
  }
}
