#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension JSONPath {
  /// The value that the path leads to in a valid JSON text; nil if there is none.
  ///
  /// Of duplicate members the last one counts. A path with `[*]` finds the first of its matches.
  ///
  /// - Parameter bytes: the text of one JSON value.
  /// - Throws: ``JSONError`` if the bytes turn out not to be JSON where they are read.
  /// - Complexity: linear in the length of the objects and arrays on the way; nothing is copied.
  public func find(in bytes: UnsafeRawBufferPointer) throws -> JSONMatch? {
    if isMultiple {
      return try matches(in: bytes).first
    }
    var cursor = try JSONCursor(bytes)
    return try find(with: &cursor, uniqueMembers: false)
  }

  /// Every value that the path leads to, in the order of the text: several only for a path with
  /// `[*]`.
  public func matches(in bytes: UnsafeRawBufferPointer) throws -> [JSONMatch] {
    var cursor = try JSONCursor(bytes)
    var found: [JSONMatch] = []
    try JSONLookup(program).collect(0, &cursor, &found)
    return found
  }

  /// Calls a closure with every value that the path leads to, in the order of the text.
  public func forEachMatch(
    in bytes: UnsafeRawBufferPointer, _ body: (JSONMatch) throws -> Void
  ) throws {
    if isMultiple {
      for match in try matches(in: bytes) { try body(match) }
    } else if let match = try find(in: bytes) {
      try body(match)
    }
  }

  /// The value that a path without `[*]` leads to, read with a cursor at the start of a text.
  ///
  /// - Parameter uniqueMembers: the outermost object is known to have no duplicate members, so that
  ///   the first match is the last one, and nothing behind it needs to be read.
  func find(with cursor: inout JSONCursor, uniqueMembers: Bool) throws -> JSONMatch? {
    try JSONLookup(program).find(0, &cursor, uniqueMembers)
  }
}

/// One pass over a text along the steps of a path.
///
/// The recursion is as deep as the path at most, never as deep as the text.
private struct JSONLookup {
  private let program: JSONPathProgram

  init(_ program: JSONPathProgram) { self.program = program }

  /// Consumes a value and returns where in it the steps from `index` on lead.
  ///
  /// With `first` the rest of the value may be left unread.
  func find(_ index: Int, _ cursor: inout JSONCursor, _ first: Bool) throws -> JSONMatch? {
    guard index < program.count else { return try cursor.skipValue() }
    let step = program.steps[index]
    switch step.kind {
    case .member: return try findMember(index, step, &cursor, first)
    case .element, .anyElement: return try findElement(index, step, &cursor, first)
    }
  }

  private func findMember(
    _ index: Int, _ step: JSONPathProgram.Step, _ cursor: inout JSONCursor, _ first: Bool
  ) throws -> JSONMatch? {
    guard try cursor.token() == UInt8(ascii: "{") else {
      _ = try cursor.skipValue()
      return nil
    }
    cursor.position &+= 1
    var found: JSONMatch?
    if try cursor.accept(UInt8(ascii: "}")) { return nil }
    repeat {
      if try JSONLookup.key(matches: step, &cursor) {
        found = try find(index &+ 1, &cursor, false)
        if first { return found }
      } else {
        _ = try cursor.skipValue()
      }
    } while try cursor.accept(UInt8(ascii: ","))
    try cursor.expect(UInt8(ascii: "}"))
    return found
  }

  private func findElement(
    _ index: Int, _ step: JSONPathProgram.Step, _ cursor: inout JSONCursor, _ first: Bool
  ) throws -> JSONMatch? {
    guard try cursor.token() == UInt8(ascii: "[") else {
      _ = try cursor.skipValue()
      return nil
    }
    cursor.position &+= 1
    var found: JSONMatch?
    if try cursor.accept(UInt8(ascii: "]")) { return nil }
    var element = 0
    repeat {
      if element == step.number {
        found = try find(index &+ 1, &cursor, false)
        if first { return found }
      } else {
        _ = try cursor.skipValue()
      }
      element &+= 1
    } while try cursor.accept(UInt8(ascii: ","))
    try cursor.expect(UInt8(ascii: "]"))
    return found
  }

  /// Consumes a value and appends every place in it that the steps from `index` on lead to.
  func collect(_ index: Int, _ cursor: inout JSONCursor, _ found: inout [JSONMatch]) throws {
    guard index < program.count else {
      found.append(try cursor.skipValue())
      return
    }
    let step = program.steps[index]
    let isMember = step.kind == .member
    guard try cursor.token() == (isMember ? UInt8(ascii: "{") : UInt8(ascii: "[")) else {
      _ = try cursor.skipValue()
      return
    }
    cursor.position &+= 1
    if try cursor.accept(isMember ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return }
    let before = found.count
    var element = 0
    repeat {
      let leads: Bool
      switch step.kind {
      case .member:
        leads = try JSONLookup.key(matches: step, &cursor)
        // A duplicate replaces what its predecessors gave.
        if leads { found.removeSubrange(before...) }
      case .element: leads = element == step.number
      case .anyElement: leads = true
      }
      if leads {
        try collect(index &+ 1, &cursor, &found)
      } else {
        _ = try cursor.skipValue()
      }
      element &+= 1
    } while try cursor.accept(UInt8(ascii: ","))
    try cursor.expect(isMember ? UInt8(ascii: "}") : UInt8(ascii: "]"))
  }

  /// Consumes a member's name and colon; true if the name is the step's.
  @inline(__always)
  private static func key(
    matches step: JSONPathProgram.Step, _ cursor: inout JSONCursor
  ) throws -> Bool {
    guard try cursor.token() == UInt8(ascii: "\"") else {
      throw JSONError(.unexpectedByte, at: cursor.position)
    }
    let start = cursor.position &+ 1
    let escaped = try cursor.skipString()
    let length = cursor.position &- 1 &- start
    try cursor.expect(UInt8(ascii: ":"))
    if escaped { return matches(step, cursor.base + start, length) }
    return length == step.number && memcmp(cursor.base + start, step.name, length) == 0
  }

  @inline(never)
  private static func matches(
    _ step: JSONPathProgram.Step, _ text: UnsafePointer<UInt8>, _ length: Int
  ) -> Bool {
    let name = JSONText.unescaped(UnsafeRawBufferPointer(start: text, count: length))
    return name.elementsEqual(UnsafeRawBufferPointer(start: step.name, count: step.number))
  }
}
