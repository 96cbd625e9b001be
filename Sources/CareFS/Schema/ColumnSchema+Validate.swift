extension ColumnSchema {
  func validate(in table: TableSchema) throws {
    func refused(_ what: String) -> DatabaseError {
      table.refused("column \"\(name)\": \(what)", columns: [name])
    }
    if collation != .binary, type != .text {
      throw refused("only text has a collation")
    }
    if automatic != nil {
      guard type == .timestamp else { throw refused("\(automaticName) is for timestamps") }
      guard defaultValue == nil else { throw refused("\(automaticName) excludes a default") }
    }
    if minLength != nil || maxLength != nil {
      guard type == .text || type == .bytes else {
        throw refused("minLength and maxLength are for text and bytes")
      }
      if (minLength ?? 0) < 0 || (maxLength ?? 0) < 0 {
        throw refused("a length is below 0")
      }
      if let minLength, let maxLength, minLength > maxLength {
        throw refused("minLength is above maxLength")
      }
    }
    if pattern != nil, type != .text { throw refused("pattern is for text") }
    if min != nil || max != nil {
      switch type {
      case .int, .double, .decimal, .date, .time, .timestamp: break
      default: throw refused("min and max are not for \(type.name)")
      }
    }
    if let oneOf {
      guard type.isKeyable else { throw refused("oneOf is not for \(type.name)") }
      guard !oneOf.isEmpty else { throw refused("oneOf allows nothing") }
    }
    try validateConstants(in: table)
    try validateAgreement(in: table)
  }

  private var automaticName: String { automatic?.rawValue ?? "" }

  private func validateConstants(in table: TableSchema) throws {
    func refused(_ what: String) -> DatabaseError {
      table.refused("column \"\(name)\": \(what)", columns: [name])
    }
    for (constant, what) in [(min, "min"), (max, "max")] {
      if let constant, !constant.fits(type) {
        throw refused("\(what) is not of type \(type.name)")
      }
    }
    for constant in oneOf ?? [] where !constant.fits(type) {
      throw refused("oneOf holds a value that is not of type \(type.name)")
    }
    switch defaultValue {
    case nil: break
    case .now:
      guard type == .timestamp else { throw refused("default now is for timestamps") }
    case .today:
      guard type == .date else { throw refused("default today is for dates") }
    case .uuid:
      guard type == .uuid || type == .text else {
        throw refused("default uuid is for uuid and text")
      }
    case .constant(let constant):
      guard constant.fits(type) else { throw refused("default is not of type \(type.name)") }
    }
  }
}
