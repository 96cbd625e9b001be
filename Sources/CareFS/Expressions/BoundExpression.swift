/// An expression that is bound to the columns of a table: every name is resolved, every literal has
/// its type, and nothing but the data can go wrong any more. Immutable.
struct BoundExpression: Sendable {
  let root: BoundNode
  /// The type of the value.
  let type: ExpressionType
  /// The expression with names resolved, constants typed and, in comparisons, on the right.
  let tree: Expression
  /// The ordinals of the columns that it reads, ascending.
  let columnOrdinals: [Int]
  /// The conditions that it joins by `and`; itself, if it is none.
  let conjuncts: [BoundConjunct]

  /// The value, if it is the same for every record.
  var constant: Value? { (root as? ConstantNode)?.constant.value() }
}
