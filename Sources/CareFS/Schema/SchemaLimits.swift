/// The limits of a schema. Beyond them a schema is refused.
public enum SchemaLimits {
  /// Tables of one database.
  public static let tables = 10_000
  /// Columns of one table.
  public static let columns = 1_000
  /// Indexes and unique constraints of one table.
  public static let indexes = 256
  /// References of one table.
  public static let foreignKeys = 256
  /// Columns of one key, index or reference.
  public static let keyColumns = 32
  /// UTF-8 bytes of a name.
  public static let nameBytes = 128
}
