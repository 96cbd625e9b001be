import CareFS

/// An error as the command line reports it: one line and an exit code.
struct Failure: Error {
  /// The exit codes.
  enum Exit: Int32 {
    case refused = 1
    case usage = 2
    case cannotOpen = 3
    case io = 4
    case interrupted = 130
  }

  let exit: Exit
  let message: String

  init(_ exit: Exit, _ message: String) {
    self.exit = exit
    self.message = message
  }

  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as DatabaseError: self.init(Self.exit(of: error.code), error.message)
    default: self.init(.refused, "\(error)")
    }
  }

  /// An error that came while a database was opened.
  init(opening path: String, _ error: any Error) {
    guard let error = error as? DatabaseError else {
      self.init(error)
      return
    }
    var exit = Self.exit(of: error.code)
    if exit == .refused { exit = .cannotOpen }
    let names = error.message.contains(path)
    self.init(exit, names ? error.message : "\(path): \(error.message)")
  }

  private static func exit(of code: DatabaseError.Code) -> Exit {
    switch code {
    case .notADatabase, .newerFormat, .busy, .permission, .readOnly, .exists: .cannotOpen
    case .io, .diskFull, .poisoned: .io
    case .misuse: .usage
    case .cancelled: .interrupted
    default: .refused
    }
  }
}

/// Who reads our output has closed it.
struct BrokenPipe: Error {}
