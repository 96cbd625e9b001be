extension Scalar {
  /// The result of arithmetic with two values that the binder found fit for it. Null if one is.
  ///
  /// - Throws: ``DatabaseError`` of code `arithmeticOverflow`, `divisionByZero`, or `typeMismatch`
  ///   where JSON holds no number.
  static func combine(
    _ operation: Expression.Arithmetic, _ a: Scalar, _ b: Scalar
  ) throws -> Scalar {
    switch (a, b) {
    case (.null, _), (_, .null): return .null
    case (.int(let x), .int(let y)): return .int(try ints(operation, x, y))
    case (.double(let x), .double(let y)): return try doubles(operation, x, y)
    case (.int(let x), .double(let y)): return try doubles(operation, Double(x), y)
    case (.double(let x), .int(let y)): return try doubles(operation, x, Double(y))
    case (.decimal(let x), .decimal(let y)): return try decimals(operation, x, y)
    case (.decimal(let x), .int(let y)): return try decimals(operation, x, ExactDecimal(y))
    case (.int(let x), .decimal(let y)): return try decimals(operation, ExactDecimal(x), y)
    case (.date(let x), .date(let y)): return .int(Int64(x) - Int64(y))
    case (.date(let x), .int(let y)): return try shift(x, by: y, operation)
    case (.int(let x), .date(let y)): return try shift(y, by: x, operation)
    case (.number, _), (_, .number): return try combine(operation, a.plain(), b.plain())
    default: throw notANumber
    }
  }

  private static var notANumber: DatabaseError {
    DatabaseError(.typeMismatch, "arithmetic with a JSON value that is not a number")
  }

  private static var overflow: DatabaseError {
    DatabaseError(.arithmeticOverflow, "the result of arithmetic does not fit its type")
  }

  private static var division: DatabaseError {
    DatabaseError(.divisionByZero, "division by zero")
  }

  /// A number from JSON as an int if it is one, else as a double.
  private func plain() throws -> Scalar {
    guard case .number(let text) = self else { return self }
    guard let number = NumberText(text: text) else { throw Scalar.notANumber }
    if let int = number.int { return .int(int) }
    guard let double = number.double else { throw Scalar.overflow }
    return .double(double)
  }

  private static func ints(
    _ operation: Expression.Arithmetic, _ x: Int64, _ y: Int64
  ) throws -> Int64 {
    let (result, overflows): (Int64, Bool)
    switch operation {
    case .add: (result, overflows) = x.addingReportingOverflow(y)
    case .subtract: (result, overflows) = x.subtractingReportingOverflow(y)
    case .multiply: (result, overflows) = x.multipliedReportingOverflow(by: y)
    case .divide:
      guard y != 0 else { throw division }
      (result, overflows) = x.dividedReportingOverflow(by: y)
    }
    guard !overflows else { throw overflow }
    return result
  }

  private static func doubles(
    _ operation: Expression.Arithmetic, _ x: Double, _ y: Double
  ) throws -> Scalar {
    let result: Double
    switch operation {
    case .add: result = x + y
    case .subtract: result = x - y
    case .multiply: result = x * y
    case .divide:
      guard y != 0 else { throw division }
      result = x / y
    }
    guard result.isFinite || !x.isFinite || !y.isFinite else { throw overflow }
    return .double(result)
  }

  private static func decimals(
    _ operation: Expression.Arithmetic, _ x: ExactDecimal, _ y: ExactDecimal
  ) throws -> Scalar {
    let result: ExactDecimal?
    switch operation {
    case .add: result = x.adding(y)
    case .subtract: result = x.subtracting(y)
    case .multiply: result = x.multiplied(by: y)
    case .divide:
      guard !y.isZero else { throw division }
      result = x.divided(by: y)
    }
    guard let result else { throw overflow }
    return .decimal(result)
  }

  private static func shift(
    _ days: Int32, by count: Int64, _ operation: Expression.Arithmetic
  ) throws -> Scalar {
    let (sum, overflows) =
      operation == .subtract
      ? Int64(days).subtractingReportingOverflow(count)
      : Int64(days).addingReportingOverflow(count)
    guard !overflows, let narrow = Int32(exactly: sum), CalendarDate(days: narrow) != nil else {
      throw overflow
    }
    return .date(narrow)
  }

  /// The number with the other sign; null of null.
  func negated() throws -> Scalar {
    switch self {
    case .null: return .null
    case .int(let int):
      guard int != .min else { throw Scalar.overflow }
      return .int(-int)
    case .double(let double): return .double(double == 0 ? 0 : -double)
    case .decimal(let decimal): return .decimal(decimal.negated())
    case .number: return try plain().negated()
    default: throw Scalar.notANumber
    }
  }
}
