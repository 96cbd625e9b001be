import CareFS
import CareFSTestSupport

/// The statements that steps stand for, done by engine and model alike.
enum OperationStatements {
  /// Does one; what both refuse is fine.
  static func run(_ operation: Operation, _ tx: MirroredTransaction) throws {
    try tx.isRefused { try statement(operation, tx) }
  }

  private static func statement(_ operation: Operation, _ tx: MirroredTransaction) throws {
    let (a, b, c) = (operation.a, operation.b, operation.c)
    switch operation.kind {
    case .insertPatient:
      try tx.insert(
        into: "patients", ["mrn": mrn(a), "age": age(b), "notes": notes(c)])
    case .insertVisit:
      try tx.insert(into: "visits", ["patient_id": id(a), "day": .int(Int64(b))])
    case .insertNode:
      try tx.insert(into: "nodes", ["id": id(a), "parent": b < 64 ? .null : id(b)])
    case .updatePatient:
      var changes = ["age": age(b)]
      if c & 1 != 0 { changes["mrn"] = mrn(c) }
      if c & 2 != 0 { changes["notes"] = notes(c) }
      try tx.update("patients", key: [id(a)], changes)
    case .updateNode:
      try tx.update("nodes", key: [id(a)], ["parent": b < 64 ? .null : id(b)])
    case .upsertPatient:
      try tx.upsert(
        into: "patients", ["mrn": mrn(a), "age": age(b), "notes": notes(c)], on: ["mrn"])
    case .deletePatient: try tx.delete(from: "patients", key: [id(a)])
    case .deleteNode: try tx.delete(from: "nodes", key: [id(a)])
    case .savepoint:
      // Two statements that stay or go together.
      let first = Operation(kind: .insertPatient, a: b, b: c, c: a)
      let second = Operation(kind: a & 1 == 0 ? .deletePatient : .insertNode, a: c, b: a, c: b)
      do {
        try tx.savepoint {
          try run(first, tx)
          try run(second, tx)
          if a & 2 != 0 { throw Undone() }
        }
      } catch is Undone {}
    default: break
    }
  }

  private struct Undone: Error {}

  private static func id(_ number: Int) -> Value { .int(Int64(number % 24)) }

  private static func mrn(_ number: Int) -> Value {
    // Some are long enough to leave the page's own place for keys.
    .text("m\(number % 40)" + (number >= 240 ? String(repeating: "long", count: 400) : ""))
  }

  private static func age(_ number: Int) -> Value {
    number < 16 ? .null : .int(Int64(number) - 20)
  }

  private static func notes(_ number: Int) -> Value {
    guard number >= 32 else { return .null }
    var random = SeededRandom(UInt64(number))
    var text = "{\"a\":\(number % 7),\"text\":\""
    let length = number >= 224 ? 6_000 : number
    while text.utf8.count < length { text += String(random.next(), radix: 36) }
    return (try? JSON(validating: text + "\"}")).map { .json($0) } ?? .null
  }
}
