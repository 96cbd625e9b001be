import PageStore

/// How a database is opened.
public struct DatabaseOptions: Sendable {
  /// Opens for reading only: nothing on the disk changes, and a log left by a crash is read in
  /// memory.
  public var readOnly = false
  /// The bytes that cached pages may take.
  public var cacheBytes = 64 << 20
  /// The page size of a new file: 4096 to 65536, a power of two.
  public var pageSize = 8192
  /// How long a write waits for the writer before it throws `busy`; nil waits without end.
  public var lockTimeoutMilliseconds: Int?
  /// Whether error messages and ``DatabaseError/key`` may show values of rows.
  public var showsValuesInErrors = false
  /// Where files are.
  public var fileSystem: (any FileSystem)?

  /// What tests change besides: sizes of log segments, checkpoints on the caller's thread, seeds.
  package var tuning: (@Sendable (inout PagerOptions) -> Void)?

  /// The usual options.
  public init() {}
}
