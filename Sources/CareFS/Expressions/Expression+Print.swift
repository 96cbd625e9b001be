extension Expression: CustomStringConvertible {
  /// The expression as text. Reading it gives an equal expression.
  public var description: String {
    var printer = ExpressionPrinter()
    printer.write(self, at: .or)
    return printer.text
  }
}

/// Writes an expression with as few parentheses as it needs.
private struct ExpressionPrinter {
  /// How tightly an expression holds together.
  enum Strength: Int {
    case or, and, not, comparison, sum, product, sign, primary
  }

  var text = ""

  static func strength(_ tree: Expression) -> Strength {
    switch tree {
    case .literal, .name, .call, .choice: .primary
    case .and: .and
    case .or: .or
    case .not: .not
    case .negate: .sign
    case .comparison, .isNull, .isIn, .between, .like: .comparison
    case .arithmetic(let operation, _, _):
      operation == .add || operation == .subtract ? .sum : .product
    }
  }

  /// Writes a tree where only what is at least this strong needs no parentheses.
  mutating func write(_ tree: Expression, at least: Strength) {
    guard ExpressionPrinter.strength(tree).rawValue < least.rawValue else {
      return bare(tree)
    }
    text += "("
    bare(tree)
    text += ")"
  }

  private mutating func bare(_ tree: Expression) {
    switch tree {
    case .literal(let literal): self.literal(literal)
    case .name(let name): self.name(name)
    case .and(let parts): join(parts, " and ", at: .not)
    case .or(let parts): join(parts, " or ", at: .and)
    case .not(let operand):
      text += "not "
      write(operand, at: .not)
    case .negate(let operand): negate(operand)
    case .comparison(let comparison, let left, let right):
      write(left, at: .sum)
      text += " \(comparison.rawValue) "
      write(right, at: .sum)
    case .arithmetic(let operation, let left, let right):
      let strength = ExpressionPrinter.strength(tree)
      write(left, at: strength)
      text += " \(operation.rawValue) "
      write(right, at: strength == .sum ? .product : .sign)
    default: wordy(tree)
    }
  }

  private mutating func wordy(_ tree: Expression) {
    switch tree {
    case .isNull(let operand, let negated):
      write(operand, at: .sum)
      text += negated ? " is not null" : " is null"
    case .isIn(let operand, let elements, let negated):
      write(operand, at: .sum)
      text += negated ? " not in (" : " in ("
      join(elements, ", ", at: .or)
      text += ")"
    case .between(let operand, let low, let high, let negated):
      write(operand, at: .sum)
      text += negated ? " not between " : " between "
      write(low, at: .sum)
      text += " and "
      write(high, at: .sum)
    case .like(let operand, let pattern, let negated):
      write(operand, at: .sum)
      text += negated ? " not like " : " like "
      write(pattern, at: .sum)
    case .call(let function, let arguments):
      text += function.rawValue + "("
      join(arguments, ", ", at: .or)
      text += ")"
    case .choice(let branches, let otherwise): choice(branches, otherwise)
    default: break
    }
  }

  private mutating func join(_ parts: [Expression], _ separator: String, at least: Strength) {
    for (index, part) in parts.enumerated() {
      if index > 0 { text += separator }
      write(part, at: least)
    }
  }

  private mutating func negate(_ operand: Expression) {
    text += "-"
    // A minus before a number would become part of it.
    if case .literal(.number) = operand {
      text += "("
      bare(operand)
      text += ")"
    } else {
      write(operand, at: .sign)
    }
  }

  private mutating func choice(_ branches: [Expression.Branch], _ otherwise: Expression?) {
    text += "case"
    for branch in branches {
      text += " when "
      write(branch.condition, at: .or)
      text += " then "
      write(branch.result, at: .or)
    }
    if let otherwise {
      text += " else "
      write(otherwise, at: .or)
    }
    text += " end"
  }

  private mutating func literal(_ literal: Expression.Literal) {
    switch literal {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .number(let number): text += number.text
    case .text(let content):
      text += "\""
      for scalar in content.unicodeScalars {
        if scalar == "\"" { text.unicodeScalars.append(scalar) }
        text.unicodeScalars.append(scalar)
      }
      text += "\""
    }
  }

  private mutating func name(_ name: Expression.Name) {
    if ExpressionKeyword(word: name.head) != nil {
      text += "`\(name.head)`"
    } else {
      text += JSONPath.quoted(name.head)
    }
    guard !name.rest.isEmpty else { return }
    for step in name.rest {
      switch step {
      case .member(let member): text += "." + JSONPath.quoted(member)
      case .element(let index): text += "[\(index)]"
      case .anyElement: text += "[*]"
      }
    }
  }
}
