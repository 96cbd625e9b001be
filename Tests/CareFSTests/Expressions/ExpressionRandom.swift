@testable import CareFS

/// Random expressions from a fixed seed.
struct ExpressionRandom {
  var values: ValueRandom

  init(seed: UInt64) { values = ValueRandom(seed: seed) }

  private mutating func pick<T>(_ items: [T]) -> T { items[values.below(items.count)] }

  private mutating func name() -> String {
    pick(["a", "b2", "_c", "end", "odd name", "date", "é", "tick`s", "null", "Now", "1x"])
  }

  private mutating func literal() -> Expression.Literal {
    switch values.below(5) {
    case 0: .null
    case 1: .bool(values.chance(1, of: 2))
    case 2: .number(values.number())
    case 3: .number(NumberText(pick(["-0", "1.50", "-7", "1e5", "2E-3"])) ?? NumberText(0))
    default: .text(values.text(maximum: 6))
    }
  }

  private mutating func steps() -> [JSONPath.Segment] {
    (0..<pick([0, 0, 0, 1, 2, 3])).map { _ in
      switch values.below(4) {
      case 0: .element(values.below(20))
      case 1: .anyElement
      default: .member(name())
      }
    }
  }

  mutating func tree(depth: Int) -> Expression {
    guard depth > 1, !values.chance(1, of: 5) else {
      return values.chance(1, of: 2)
        ? .literal(literal()) : .name(Expression.Name(name(), steps()))
    }
    func below(_ random: inout ExpressionRandom) -> Expression { random.tree(depth: depth - 1) }
    let negated = values.chance(1, of: 2)
    switch values.below(12) {
    case 0: return .and((0..<2 + values.below(2)).map { _ in below(&self) })
    case 1: return .or((0..<2 + values.below(2)).map { _ in below(&self) })
    case 2: return .not(below(&self))
    case 3: return .negate(below(&self))
    case 4, 5:
      return .comparison(pick(Expression.Comparison.allCases), below(&self), below(&self))
    case 6: return .arithmetic(pick(Expression.Arithmetic.allCases), below(&self), below(&self))
    case 7: return .isNull(below(&self), negated: negated)
    case 8:
      return .isIn(
        below(&self), (0..<1 + values.below(3)).map { _ in below(&self) }, negated: negated)
    case 9: return .between(below(&self), below(&self), below(&self), negated: negated)
    case 10: return .like(below(&self), pattern: below(&self), negated: negated)
    default:
      if negated {
        let function = pick(Expression.Function.allCases)
        return .call(function, (0..<function.arity).map { _ in below(&self) })
      }
      let branches = (0..<1 + values.below(2)).map { _ in
        Expression.Branch(when: below(&self), then: below(&self))
      }
      return .choice(branches, otherwise: values.chance(1, of: 2) ? below(&self) : nil)
    }
  }
}
