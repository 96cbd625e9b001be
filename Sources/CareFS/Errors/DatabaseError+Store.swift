import PageStore

extension DatabaseError {
  /// The error as its callers know it: those of the layers below become a ``DatabaseError``,
  /// and errors of the caller's own code pass unchanged.
  @usableFromInline
  static func reported(_ error: any Error) -> any Error {
    switch error {
    case let error as StoreError: DatabaseError(error)
    case let error as RowError: DatabaseError(error)
    case let error as JSONError: DatabaseError(.invalidJSON, "\(error)", underlying: error)
    default: error
    }
  }

  init(_ error: RowError) {
    switch error {
    case .corrupt(let what):
      self.init(.corrupt, "a row is damaged: \(what); run carefs check", underlying: error)
    case .typeMismatch(let expected, let found):
      self.init(
        .typeMismatch,
        "a value is \(found?.name ?? "null") where \(expected.name) is expected",
        underlying: error)
    case .notComparable:
      self.init(.invalidExpression, "whole documents have no order", underlying: error)
    case .noDocuments:
      self.init(.corrupt, "a row refers to a document that is not there", underlying: error)
    case .tooLarge:
      self.init(.tooLarge, "the row takes more than 2 GiB", underlying: error)
    }
  }

  /// The refusal that an error is; nil for failures after which the transaction cannot go on.
  static func refusal(_ error: any Error) -> DatabaseError? {
    guard let known = reported(error) as? DatabaseError, known.isRefusal else { return nil }
    return known
  }

  init(_ error: StoreError) {
    let code: Code =
      switch error.code {
      case .corrupt: .corrupt
      case .notADatabase: .notADatabase
      case .newerFormat: .newerFormat
      case .tooLarge: .tooLarge
      case .diskFull: .diskFull
      case .io: .io
      case .closed: .closed
      case .poisoned: .poisoned
      case .busy: .busy
      case .readOnly: .readOnly
      case .notFound: .notFound
      case .exists: .exists
      case .permission: .permission
      }
    self.init(
      code, error.message, page: error.page, systemError: error.errno, underlying: error)
  }

  /// Whether the statement that threw it has undone itself, so that its transaction may go on.
  var isRefusal: Bool {
    switch code {
    case .uniqueViolation, .foreignKeyViolation, .notNullViolation, .checkViolation,
      .typeMismatch, .notFound, .invalidExpression, .invalidJSON, .tooLarge, .readOnly,
      .misuse:
      true
    default: false
    }
  }
}

/// Runs a public operation, so that whatever it throws is reported as a ``DatabaseError``.
@inline(__always)
func reporting<R>(_ body: () throws -> R) throws -> R {
  do { return try body() } catch { throw DatabaseError.reported(error) }
}
