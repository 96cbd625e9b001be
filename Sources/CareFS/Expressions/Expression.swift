/// A condition or a value over the columns of a table, as a value itself: it can be printed, stored
/// in a file, planned on indexes and compared.
///
/// ```swift
/// let filter = try Expression.parse("status = 'Scheduled' and date >= '2026-01-01'")
/// print(filter)   // status = "Scheduled" and date >= "2026-01-01"
/// ```
///
/// Reading what an expression prints gives an equal expression.
public indirect enum Expression: Sendable, Hashable {
  /// A constant.
  case literal(Literal)
  /// A column, perhaps with its table before it and a path into its JSON behind it.
  case name(Name)
  /// True if every condition is true. At least two.
  case and([Expression])
  /// True if any condition is true. At least two.
  case or([Expression])
  /// True if the condition is false.
  case not(Expression)
  /// The number with the other sign.
  case negate(Expression)
  /// A comparison of two values.
  case comparison(Comparison, Expression, Expression)
  /// Arithmetic with two numbers.
  case arithmetic(Arithmetic, Expression, Expression)
  /// Whether a value is null, or, when negated, is not.
  case isNull(Expression, negated: Bool)
  /// Whether a value is in a list of at least one, or, when negated, is not.
  case isIn(Expression, [Expression], negated: Bool)
  /// Whether a value lies within two bounds, both included, or, when negated, does not.
  case between(Expression, Expression, Expression, negated: Bool)
  /// Whether a text matches a pattern, or, when negated, does not: `%` stands for any run, `_` for
  /// one Unicode scalar, and `\` takes what follows as it is.
  case like(Expression, pattern: Expression, negated: Bool)
  /// A function of its arguments.
  case call(Function, [Expression])
  /// The result of the first branch whose condition is true, else the last one, else null. At
  /// least one branch.
  case choice([Branch], otherwise: Expression?)
}

extension Expression {
  /// How two values compare.
  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// What is done with two numbers.
  public enum Arithmetic: String, Sendable, Hashable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
  }

  /// The functions.
  public enum Function: String, Sendable, Hashable, CaseIterable {
    /// The Unicode scalars of a text, the bytes of bytes, the elements of a JSON array.
    case length
    /// A text in lower case, letter by letter.
    case lower
    /// The moment of the transaction.
    case now
    /// The UTC day of the transaction.
    case today
    /// The UTC day of a timestamp.
    case date

    /// The number of arguments.
    var arity: Int {
      switch self {
      case .length, .lower, .date: 1
      case .now, .today: 0
      }
    }
  }

  /// One branch of a `case`.
  public struct Branch: Sendable, Hashable {
    /// The condition.
    public var condition: Expression
    /// The result when the condition is true.
    public var result: Expression

    /// Creates a branch.
    public init(when condition: Expression, then result: Expression) {
      self.condition = condition
      self.result = result
    }
  }

  /// The most levels of an expression.
  public static let maximumDepth = 128
}
