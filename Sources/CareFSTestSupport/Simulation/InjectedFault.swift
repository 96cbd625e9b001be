import PageStore

/// A failure that a simulated file system is told to show.
public struct InjectedFault: Sendable {
  /// Which calls fail.
  public enum Call: Sendable, Hashable, CaseIterable {
    case read, write, sync, truncate, create, rename, remove, syncDirectory, lock
  }

  /// What a failing call does all the same.
  public enum Effect: Sendable, Hashable {
    /// Nothing.
    case none
    /// A write: its first bytes are written.
    case partial(Int)
    /// Everything: only the answer is an error.
    case whole
    /// A sync: the system forgets that there was something to write, as Linux does. What was written
    /// can be read until the power goes, and no later sync makes it durable.
    case forgets
    /// A write: nothing, and the caller is told that all was done, as by a disk that lies.
    case lies
    /// A write: the bytes go so many bytes further, and the caller is told that all is well.
    case misdirects(Int)
    /// A read: so many bytes at most, and the caller is told that there are no more.
    case shortens(Int)
    /// A read: what the file held when the file system was made, without an error.
    case stale

    /// Whether the caller is told that all is well.
    var isSilent: Bool {
      switch self {
      case .none, .partial, .whole, .forgets: false
      case .lies, .misdirects, .shortens, .stale: true
      }
    }
  }

  /// Which calls fail; empty means all that read or change something, which locking does not.
  public var calls: Set<Call>
  /// The first call that fails, counted from 1 since the fault was injected.
  public var nth: Int
  /// Whether all later such calls fail too.
  public var isForEver: Bool
  /// The file whose calls count, nil for any. Calls on names alone (create, rename, remove) have none.
  public var path: String?
  /// What the caller is told.
  public var error: StoreError
  /// What happens all the same.
  public var effect: Effect

  /// The `nth` of `calls` fails, of those on the file at `path` if one is given.
  public init(
    _ calls: Set<Call>, of path: String? = nil, nth: Int = 1, isForEver: Bool = false,
    error: StoreError = StoreError(.io, "simulated input/output error", errno: 5),
    effect: Effect = .none
  ) {
    self.calls = calls
    self.path = path
    self.nth = nth
    self.isForEver = isForEver
    self.error = error
    self.effect = effect
  }

  /// The answer of a full disk.
  public static let diskFull = StoreError(.diskFull, "simulated full disk", errno: 28)
}

/// A fault and how many calls it has seen.
struct ArmedFault: Sendable {
  var fault: InjectedFault
  var seen = 0

  /// Whether this call fails.
  mutating func fires(on call: InjectedFault.Call, _ path: String?) -> Bool {
    guard fault.calls.contains(call) || (fault.calls.isEmpty && call != .lock) else { return false }
    if let wanted = fault.path, wanted != path { return false }
    seen += 1
    return seen == fault.nth || (fault.isForEver && seen > fault.nth)
  }
}
