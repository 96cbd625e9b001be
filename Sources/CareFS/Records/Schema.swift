/// The table of a record: its name, its columns and what binds them.
public struct Schema<R: Record>: @unchecked Sendable {
  // Key paths to stored properties are immutable; the compiler knows that only of literals.

  /// The table's name.
  public let name: String
  private let elements: [SchemaElement<R>]
  let columnNames: [AnyKeyPath: String]
  private let columnPlaces: [AnyKeyPath: Int]

  /// Describes a table. Columns stand in the order in which the record numbers them.
  public init(_ name: String, _ elements: SchemaElement<R>...) {
    self.name = name
    self.elements = elements
    var names: [AnyKeyPath: String] = [:]
    var places: [AnyKeyPath: Int] = [:]
    var count = 0
    for case .column(let path, let column, _) in elements.map(\.kind) {
      names[path] = column.name
      places[path] = count
      count += 1
    }
    columnNames = names
    columnPlaces = places
  }

  /// The schema as data.
  public var table: TableSchema {
    var table = TableSchema(name, columns: [], primaryKey: [])
    func title(_ path: AnyKeyPath) -> String { columnNames[path] ?? "?" }
    for element in elements {
      switch element.kind {
      case .column(_, let column, let isKey):
        table.columns.append(column)
        if isKey { table.primaryKey.append(column.name) }
      case .unique(let paths):
        table.unique.append(UniqueSchema(paths.map { IndexColumn(title($0)) }))
      case .index(let columns, let path, let condition):
        table.indexes.append(
          IndexSchema(
            columns.map { IndexColumn(title($0.0), descending: $0.1) }, path: path,
            where: condition))
      case .reference(let paths, let target, let action, let deferred):
        table.foreignKeys.append(
          ForeignKeySchema(
            paths.map { title($0) }, references: target(), onDelete: action, deferred: deferred))
      case .check(let check): table.checks.append(check)
      }
    }
    return table
  }

  /// The column of a property.
  func name(_ path: AnyKeyPath) throws -> String {
    guard let name = columnNames[path] else { throw noColumn }
    return name
  }

  /// Where the column of a property stands.
  func place(_ path: AnyKeyPath) throws -> Int {
    guard let place = columnPlaces[path] else { throw noColumn }
    return place
  }

  private var noColumn: DatabaseError {
    DatabaseError(
      .notFound, "\(name): a property is no column; name it in the record's schema", table: name)
  }
}

/// One part of a ``Schema``: a column or what binds columns.
public struct SchemaElement<R: Record> {
  enum Kind {
    case column(AnyKeyPath, ColumnSchema, isKey: Bool)
    case unique([AnyKeyPath])
    case index([(AnyKeyPath, Bool)], path: String?, condition: String?)
    case reference([AnyKeyPath], () -> String, DeleteAction, Bool)
    case check(CheckSchema)
  }

  let kind: Kind

  /// A column; its type and whether it may be null come from the property.
  public static func column<V: RecordValue>(
    _ path: KeyPath<R, V>, _ name: String, default defaultValue: DefaultValue? = nil,
    oneOf: [SchemaConstant]? = nil, min: SchemaConstant? = nil, max: SchemaConstant? = nil,
    minLength: Int? = nil, maxLength: Int? = nil, pattern: String? = nil,
    collation: Collation = .binary, automatic: AutomaticTimestamp? = nil
  ) -> Self {
    Self(
      kind: .column(
        path,
        ColumnSchema(
          name, V.columnType, null: V.isNullable, default: defaultValue,
          oneOf: oneOf ?? V.allowedValues, min: min, max: max, minLength: minLength,
          maxLength: maxLength, pattern: pattern, collation: collation, automatic: automatic),
        isKey: false))
  }

  /// A column of the primary key.
  public static func key<V: RecordValue>(
    _ path: KeyPath<R, V>, _ name: String, autoincrement: Bool = false,
    default defaultValue: DefaultValue? = nil
  ) -> Self {
    Self(
      kind: .column(
        path,
        ColumnSchema(
          name, V.columnType, null: V.isNullable, default: defaultValue,
          oneOf: V.allowedValues, autoincrement: autoincrement), isKey: true))
  }

  /// A unique constraint over columns.
  public static func unique(_ paths: PartialKeyPath<R>...) -> Self { Self(kind: .unique(paths)) }

  /// An index over columns, ascending.
  public static func index(
    _ paths: PartialKeyPath<R>..., path: String? = nil, where condition: String? = nil
  ) -> Self {
    Self(kind: .index(paths.map { ($0, false) }, path: path, condition: condition))
  }

  /// An index over columns, descending.
  public static func descendingIndex(_ paths: PartialKeyPath<R>...) -> Self {
    Self(kind: .index(paths.map { ($0, true) }, path: nil, condition: nil))
  }

  /// A reference to the primary key of another record.
  public static func reference<T: Record>(
    _ paths: PartialKeyPath<R>..., to target: T.Type, onDelete: DeleteAction = .restrict,
    deferred: Bool = false
  ) -> Self {
    // Asked for later: the target may be the record whose schema is being made.
    Self(kind: .reference(paths, { T.schema.name }, onDelete, deferred))
  }

  /// A condition that each row must not break.
  public static func check(_ name: String, _ expression: String) -> Self {
    Self(kind: .check(CheckSchema(name, expression)))
  }
}
