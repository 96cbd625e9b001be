import CareFS

/// Why the model refuses a statement.
public struct ModelViolation: Error, Sendable, Hashable {
  /// The kind of refusal, as the engine names it.
  public var code: DatabaseError.Code
  /// The table concerned.
  public var table: String

  /// Creates a refusal.
  public init(_ code: DatabaseError.Code, _ table: String) {
    self.code = code
    self.table = table
  }
}
