/// Takes the members of one schema object, and refuses those that nobody asked for.
struct SchemaReader {
  private let members: [SchemaJSON.Member]
  private var known: Set<String> = []
  /// Where the object is, for messages: `table "visits", column "day"`.
  let place: String
  /// Whether unknown members are skipped, as in a file written by a later version.
  let isLenient: Bool

  init(_ value: SchemaJSON, place: String, isLenient: Bool = false) throws {
    guard case .object(let members) = value else {
      throw DatabaseError(
        .schemaMismatch, "schema: \(place) must be an object, not \(value.kindName)")
    }
    self.members = members
    self.place = place
    self.isLenient = isLenient
  }

  /// The member of that name, if it is there and not null.
  mutating func optional(_ name: String) -> SchemaJSON? {
    known.insert(name)
    guard let value = members.first(where: { $0.name == name })?.value else { return nil }
    if case .null = value { return nil }
    return value
  }

  func failure(_ what: String) -> DatabaseError {
    DatabaseError(.schemaMismatch, "schema: \(place): \(what)")
  }

  private func wrong(_ name: String, _ value: SchemaJSON, wanted: String) -> DatabaseError {
    failure("\"\(name)\" must be \(wanted), not \(value.kindName)")
  }

  mutating func text(_ name: String) throws -> String? {
    guard let value = optional(name) else { return nil }
    guard case .string(let text) = value else { throw wrong(name, value, wanted: "a text") }
    return text
  }

  mutating func required(_ name: String) throws -> String {
    guard let text = try text(name) else { throw failure("\"\(name)\" is missing") }
    return text
  }

  mutating func flag(_ name: String) throws -> Bool {
    guard let value = optional(name) else { return false }
    guard case .bool(let flag) = value else { throw wrong(name, value, wanted: "true or false") }
    return flag
  }

  mutating func count(_ name: String) throws -> Int? {
    guard let value = optional(name) else { return nil }
    guard case .number(let text) = value, let count = Int(text), count >= 0 else {
      throw failure("\"\(name)\" must be a whole number, 0 or more")
    }
    return count
  }

  mutating func list(_ name: String) throws -> [SchemaJSON]? {
    guard let value = optional(name) else { return nil }
    guard case .array(let items) = value else { throw wrong(name, value, wanted: "an array") }
    return items
  }

  mutating func texts(_ name: String) throws -> [String]? {
    guard let items = try list(name) else { return nil }
    return try items.map { item in
      guard case .string(let text) = item else { throw wrong(name, item, wanted: "texts") }
      return text
    }
  }

  mutating func requiredTexts(_ name: String) throws -> [String] {
    guard let texts = try texts(name) else { throw failure("\"\(name)\" is missing") }
    return texts
  }

  mutating func constant(_ name: String) throws -> SchemaConstant? {
    guard let value = optional(name) else { return nil }
    guard let constant = SchemaConstant(value) else {
      throw wrong(name, value, wanted: "a constant")
    }
    return constant
  }

  /// Refuses the object if it has a member that nobody took.
  func finish() throws {
    guard !isLenient else { return }
    guard let stranger = members.first(where: { !known.contains($0.name) }) else { return }
    throw failure(
      "unknown member \"\(stranger.name)\"; known are \(known.sorted().joined(separator: ", "))")
  }
}

extension SchemaConstant {
  /// The constant that a JSON value stands for; arrays and objects become documents.
  init?(_ value: SchemaJSON) {
    switch value {
    case .null: return nil
    case .bool(let flag): self = .bool(flag)
    case .number(let text): self = .number(text)
    case .string(let text): self = .text(text)
    case .array, .object: self = .json(value.compact)
    }
  }

  /// The constant as JSON. A document that was given in Swift and is not JSON prints as text.
  var schemaJSON: SchemaJSON {
    switch self {
    case .text(let text): .string(text)
    case .number(let text): .number(text)
    case .bool(let flag): .bool(flag)
    case .json(let text): (try? SchemaJSON.parse(text)) ?? .string(text)
    }
  }
}
