/// All tables of a database, as data: written in Swift, read from JSON and stored in the file.
///
/// The JSON form is documented with the command line's `schema` and `init`. ``json`` is
/// canonical: equal schemas print the same bytes, and reading them back gives an equal schema.
public struct DatabaseSchema: Sendable, Hashable {
  /// The tables. References may go to later ones.
  public var tables: [TableSchema]

  /// Creates a schema. It is validated when a database is made with it, or by ``validate()``.
  public init(_ tables: [TableSchema] = []) {
    self.tables = tables
  }

  /// The table of that name.
  public func table(_ name: String) -> TableSchema? { tables.first { $0.name == name } }
}
