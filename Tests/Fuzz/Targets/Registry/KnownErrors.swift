import CareFS
import PageStore

/// The errors that damaged or hostile bytes may end in.
enum KnownErrors {
  /// Codes that speak of the system or of the caller, never of bytes.
  private static let foreign: Set<DatabaseError.Code> = [
    .io, .closed, .busy, .cancelled, .permission, .misuse,
  ]

  static func contains(_ error: any Error) -> Bool {
    switch error {
    case let error as DatabaseError: !foreign.contains(error.code)
    case let error as StoreError: contains(error.code)
    case is JSONError, is FormatError, is RecordProblem, is ValueTextError: true
    default: false
    }
  }

  private static func contains(_ code: StoreError.Code) -> Bool {
    switch code {
    case .io, .closed, .busy, .permission: false
    default: true
    }
  }
}

extension KnownErrors {
  /// Whether an error says that the file is damaged.
  static func isDamage(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.code == .corrupt || (error as? StoreError)?.code == .corrupt
  }
}
