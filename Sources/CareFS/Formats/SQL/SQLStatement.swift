/// What a dump says about tables, as far as it is understood.
enum SQLStatement {
  case table(SQLTable)
  case index(SQLIndex)
  case constraint(SQLConstraint, table: String)
  /// A column is filled with numbers of a sequence, if one is named.
  case automatic(table: String, column: String, sequence: String?)
  case columnDefault(table: String, column: String, SQLDefault)
  case notNull(table: String, column: String)
  /// A sequence belongs to a column.
  case owned(sequence: String, table: String, column: String)
  /// The last number that a sequence gave.
  case sequence(String, last: Int64)
  /// What has no meaning for a database of tables.
  case ignored
  /// What a user may miss: its kind and name.
  case skipped(kind: String, name: String)
}

/// A table as `create table` declares it.
struct SQLTable {
  var name: String
  var columns: [SQLColumn] = []
  var constraints: [SQLConstraint] = []
  var line: Int
}

/// A column as it is declared.
struct SQLColumn {
  var name: String
  /// The words of the type in upper case, without its numbers; empty when there is none.
  var type: String
  var isNotNull = false
  var isAutomatic = false
  var defaultValue: SQLDefault?
  var collation: String?
  var line: Int
}

/// What a column takes when a row gives no value: the words behind `default`, without casts.
struct SQLDefault {
  var words: [SQLWord]
  var line: Int
}

/// A constraint of a table or of one column.
struct SQLConstraint {
  enum Kind {
    case primaryKey([SQLKeyColumn])
    case unique([SQLKeyColumn])
    case check([SQLWord])
    case reference(SQLReference)
  }

  var name: String?
  var kind: Kind
  var line: Int
}

/// A column of a key or index.
struct SQLKeyColumn {
  /// The column's name; nil for any other expression.
  var name: String?
  var descending = false
  var collation: String?
}

/// A foreign key.
struct SQLReference {
  var columns: [String]
  var table: String
  var referenced: [String]?
  var onDelete = DeleteAction.restrict
  /// Whether a change of the key referred to is asked to change the references too.
  var followsUpdates = false
  var deferred = false
}

/// An index as `create index` declares it.
struct SQLIndex {
  var name: String
  var table: String
  var columns: [SQLKeyColumn]
  var isUnique: Bool
  var condition: [SQLWord]?
  var line: Int
}
