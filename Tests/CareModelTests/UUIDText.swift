import Foundation

/// Uuids made from small numbers.
enum UUIDText {
  static func value(_ number: Int) -> UUID? {
    let digits = String(number, radix: 16)
    let tail = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    return UUID(uuidString: "00000000-0000-4000-8000-\(tail)")
  }
}
