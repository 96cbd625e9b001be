/// What a condition comes to: with nulls it may be unknown.
enum Truth: UInt8, Sendable {
  case no, yes, unknown

  @inline(__always)
  init(_ bool: Bool) { self = bool ? .yes : .no }

  /// The opposite; unknown stays unknown.
  @inline(__always)
  var negated: Truth {
    switch self {
    case .no: .yes
    case .yes: .no
    case .unknown: .unknown
    }
  }
}
