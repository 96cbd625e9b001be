extension DatabaseError {
  /// The kind of a ``DatabaseError``. More kinds may come, so a switch needs a default.
  ///
  /// A code matches an error in a `catch` clause: `catch DatabaseError.Code.busy { ... }`.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The name of the code, as in the documentation.
    public let name: String

    init(_ name: String) { self.name = name }

    /// A row with the same unique or primary key exists.
    public static let uniqueViolation = Code("uniqueViolation")
    /// A reference to a row that does not exist, or a row that is still referred to.
    public static let foreignKeyViolation = Code("foreignKeyViolation")
    /// A column that must have a value has none.
    public static let notNullViolation = Code("notNullViolation")
    /// A value outside what the column or a check allows.
    public static let checkViolation = Code("checkViolation")
    /// A value of another type than the column's.
    public static let typeMismatch = Code("typeMismatch")
    /// A table, column or row that does not exist.
    public static let notFound = Code("notFound")
    /// A schema that contradicts itself, or the one in the file.
    public static let schemaMismatch = Code("schemaMismatch")
    /// A migration that was applied has changed since.
    public static let migrationChanged = Code("migrationChanged")
    /// An expression that cannot be read or does not fit the table.
    public static let invalidExpression = Code("invalidExpression")
    /// A document that is not JSON.
    public static let invalidJSON = Code("invalidJSON")
    /// Another connection holds the lock.
    public static let busy = Code("busy")
    /// The database or the transaction only reads.
    public static let readOnly = Code("readOnly")
    /// Damaged bytes were found.
    public static let corrupt = Code("corrupt")
    /// The file is not a CareFS database.
    public static let notADatabase = Code("notADatabase")
    /// The file was written by a newer version.
    public static let newerFormat = Code("newerFormat")
    /// A key, row, document, count or number beyond a limit.
    public static let tooLarge = Code("tooLarge")
    /// No space left.
    public static let diskFull = Code("diskFull")
    /// The operating system reported an error.
    public static let io = Code("io")
    /// The database or the transaction has ended.
    public static let closed = Code("closed")
    /// An earlier failure left the state of the disk unknown; close and reopen.
    public static let poisoned = Code("poisoned")
    /// A file of that name is there already.
    public static let exists = Code("exists")
    /// The operating system refuses access.
    public static let permission = Code("permission")
    /// A call that does not make sense where it was made.
    public static let misuse = Code("misuse")
    /// The operation was cancelled.
    public static let cancelled = Code("cancelled")

    /// The name of the code.
    public var description: String { name }

    /// Whether an error is a ``DatabaseError`` of this code; makes codes work in `catch`.
    public static func ~= (code: Code, error: any Error) -> Bool {
      (error as? DatabaseError)?.code == code
    }
  }
}
