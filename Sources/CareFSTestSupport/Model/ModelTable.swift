import CareFS

/// The rows of one table in plain Swift, by primary key, with what its keys demand of it.
public struct ModelTable: Sendable {
  /// The table's schema.
  public let schema: TableSchema
  /// The rows, each with its values in the order of the schema's columns, by their primary keys.
  /// Texts in keys are folded when their column ignores case.
  public private(set) var rows: [[Value]: [Value]] = [:]
  /// The greatest number that the automatic key was ever given; 0 before the first.
  public private(set) var lastAutomatic: Int64 = 0

  let keyOrdinals: [Int]
  let automatic: Int?
  private let uniqueOrdinals: [[Int]]
  /// Per unique constraint: the primary key of the row that has these values.
  private var unique: [[[Value]: [Value]]]

  init(_ schema: TableSchema) {
    self.schema = schema
    func ordinals(_ names: [String]) -> [Int] { names.compactMap { schema.ordinal(of: $0) } }
    keyOrdinals = ordinals(schema.primaryKey)
    automatic = schema.columns.firstIndex(where: \.autoincrement)
    uniqueOrdinals = schema.unique.map { ordinals($0.columns.map(\.name)) }
    unique = uniqueOrdinals.map { _ in [:] }
  }

  /// The primary key of a row.
  public func key(of row: [Value]) -> [Value] { folded(keyOrdinals, of: row) }

  /// The primary key of the row that has these values in the columns of a unique constraint.
  public func key(unique constraint: Int, _ values: [Value]) -> [Value]? {
    unique[constraint][values]
  }

  /// The values of some columns of a row as keys compare them.
  func folded(_ ordinals: [Int], of row: [Value]) -> [Value] {
    ordinals.map { ordinal in
      guard schema.columns[ordinal].collation == .nocase,
        case .text(let text) = row[ordinal]
      else { return row[ordinal] }
      return .text(String(String.UnicodeScalarView(text.unicodeScalars.flatMap(Self.lower))))
    }
  }

  private static func lower(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    scalar.properties.lowercaseMapping.unicodeScalars
  }

  /// The constraint whose columns are these, in any order; nil for the primary key.
  func constraint(_ columns: [String]) -> Int? {
    let wanted = Set(columns)
    return schema.unique.firstIndex { Set($0.columns.map(\.name)) == wanted }
  }

  func uniqueValues(_ constraint: Int, of row: [Value]) -> [Value]? {
    let values = folded(uniqueOrdinals[constraint], of: row)
    return values.contains(.null) ? nil : values
  }

  /// Puts a row in; `old` is the key of the row that it replaces.
  mutating func put(_ row: [Value], replacing old: [Value]? = nil) throws {
    let key = key(of: row)
    if key != old, rows[key] != nil { throw ModelViolation(.uniqueViolation, schema.name) }
    for constraint in unique.indices {
      guard let values = uniqueValues(constraint, of: row),
        let holder = unique[constraint][values], holder != old
      else { continue }
      throw ModelViolation(.uniqueViolation, schema.name)
    }
    if let old { remove(old) }
    rows[key] = row
    for constraint in unique.indices {
      if let values = uniqueValues(constraint, of: row) { unique[constraint][values] = key }
    }
    if let automatic, case .int(let number) = row[automatic] {
      lastAutomatic = max(lastAutomatic, number)
    }
  }

  /// Takes a row out.
  @discardableResult
  mutating func remove(_ key: [Value]) -> [Value]? {
    guard let row = rows.removeValue(forKey: key) else { return nil }
    for constraint in unique.indices {
      if let values = uniqueValues(constraint, of: row) { unique[constraint][values] = nil }
    }
    return row
  }
}
