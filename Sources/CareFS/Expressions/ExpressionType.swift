/// What kind of value an expression gives, as far as its table tells.
enum ExpressionType: Equatable, Sendable {
  /// A literal null.
  case null
  /// A value of a column type other than json and any.
  case plain(ColumnType)
  /// What JSON or an `any` column holds: known only row by row.
  case dynamic

  static let bool = ExpressionType.plain(.bool)
  static let int = ExpressionType.plain(.int)
  static let double = ExpressionType.plain(.double)
  static let text = ExpressionType.plain(.text)
  static let date = ExpressionType.plain(.date)
  static let timestamp = ExpressionType.plain(.timestamp)
  static let decimal = ExpressionType.plain(.decimal)

  /// Whether it is a number, or may be one.
  var isNumeric: Bool {
    switch self {
    case .plain(.int), .plain(.double), .plain(.decimal), .dynamic, .null: true
    default: false
    }
  }

  /// The name in errors.
  var name: String {
    switch self {
    case .null: "null"
    case .plain(let type): type.name
    case .dynamic: "a JSON value"
    }
  }

  /// Whether values of both can be compared.
  static func comparable(_ a: ExpressionType, _ b: ExpressionType) -> Bool {
    switch (a, b) {
    case (.null, _), (_, .null): true
    case (.dynamic, .plain(let type)), (.plain(let type), .dynamic):
      [.bool, .int, .double, .decimal, .text].contains(type)
    default: a == b || a.isNumeric && b.isNumeric
    }
  }
}
