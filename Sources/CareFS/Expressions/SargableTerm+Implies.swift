extension BoundExpression {
  /// Whether every record for which this filter is true also fulfils a condition, as far as it
  /// shows part by part: so a partial index with that condition holds all rows of the filter.
  func implies(_ condition: BoundExpression) -> Bool {
    condition.conjuncts.allSatisfy { needed in
      conjuncts.contains { given in
        if given.tree == needed.tree { return true }
        guard let have = given.term, let want = needed.term else { return false }
        return want.isExact && have.isWithin(want)
      }
    }
  }
}

extension SargableTerm {
  /// Whether every value of this term is a value of another one about the same target.
  func isWithin(_ other: SargableTerm) -> Bool {
    guard target == other.target, collation == other.collation, range != .isNull else {
      return false
    }
    if other.range == .isNotNull { return true }
    switch range {
    case .equal(let value): return other.contains(value)
    case .oneOf(let values): return values.allSatisfy(other.contains)
    case .between(let lower, let upper):
      guard case .between(let otherLower, let otherUpper) = other.range else { return false }
      return SargableTerm.isTighter(lower, otherLower, collation, 1)
        && SargableTerm.isTighter(upper, otherUpper, collation, -1)
    case .prefix, .isNull, .isNotNull: return range == other.range
    }
  }

  /// Whether a value is one of this term's.
  private func contains(_ value: Value) -> Bool {
    switch range {
    case .equal(let own): return SargableTerm.compare(value, own, collation) == 0
    case .oneOf(let values):
      return values.contains { SargableTerm.compare(value, $0, collation) == 0 }
    case .between(let lower, let upper):
      let bound = Bound(value: value, isInclusive: true)
      return SargableTerm.isTighter(bound, lower, collation, 1)
        && SargableTerm.isTighter(bound, upper, collation, -1)
    case .isNotNull: return true
    case .isNull, .prefix: return false
    }
  }

  /// Whether a bound lets through no more than another: a lower bound with sign 1, an upper one
  /// with -1.
  private static func isTighter(
    _ own: Bound?, _ other: Bound?, _ collation: Collation, _ sign: Int
  ) -> Bool {
    guard let other else { return true }
    guard let own, let order = compare(own.value, other.value, collation) else { return false }
    return order * sign > 0 || order == 0 && (other.isInclusive || !own.isInclusive)
  }

  /// The order of two constants: -1, 0 or 1; nil if they have none.
  private static func compare(_ a: Value, _ b: Value, _ collation: Collation) -> Int? {
    guard let type = a.type, b.type == type else { return nil }
    let part = KeyPart(type, collation: collation)
    let left = KeyEncoder()
    let right = KeyEncoder()
    guard (try? left.append(a, as: part)) != nil, (try? right.append(b, as: part)) != nil else {
      return nil
    }
    return RawBytes.compare(left.key, right.key).signum()
  }
}
