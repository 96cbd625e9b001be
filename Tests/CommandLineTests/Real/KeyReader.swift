import Foundation

/// Reads the keys out of CSV sources, with code of the tests' own: what a load must come to is
/// predicted from them.
final class KeyReader {
  /// What stands for an empty field.
  static let null = Int.min

  private var others: [String: Int] = [:]

  /// A number for each different text; short plain integers stand for themselves.
  private func number(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) -> Int {
    if bytes.isEmpty { return Self.null }
    var value = 0
    var isPlain = bytes.count <= 15 && (bytes.count == 1 || bytes[bytes.startIndex] != 48)
    if isPlain {
      for byte in bytes {
        guard byte >= 48, byte <= 57 else {
          isPlain = false
          break
        }
        value = value * 10 + Int(byte) - 48
      }
    }
    if isPlain { return value }
    let text = String(decoding: bytes, as: UTF8.self)
    if let known = others[text] { return known }
    let new = -others.count - 1
    others[text] = new
    return new
  }

  /// The names in the first line.
  static func header(_ csv: [UInt8]) -> [String] {
    let line = csv.prefix { $0 != 10 && $0 != 13 }
    return String(decoding: line, as: UTF8.self).split(
      separator: ",", omittingEmptySubsequences: false
    ).map { $0.lowercased() }
  }

  /// The wanted fields of each row, and where the last row that was read ends.
  func rows(_ csv: [UInt8], fields: [Int], limit: Int) -> (rows: [[Int]], end: Int) {
    csv.withUnsafeBufferPointer { bytes in
      var wanted: [Int: [Int]] = [:]
      for (place, field) in fields.enumerated() { wanted[field, default: []].append(place) }
      var rows: [[Int]] = []
      var row = [Int](repeating: Self.null, count: fields.count)
      var field = 0
      var start = 0
      var isQuoted = false
      var isHeader = true
      var at = 0
      // A source may end without the end of its last line.
      while at < bytes.count || start < bytes.count || field > 0 {
        let byte = at < bytes.count ? bytes[at] : 10
        if byte == 34 {
          isQuoted.toggle()
        } else if !isQuoted, byte == 44 || byte == 10 {
          if let places = wanted[field], !isHeader {
            var end = at
            if end > start, bytes[end - 1] == 13 { end -= 1 }
            let value = number(bytes[start..<end])
            for place in places { row[place] = value }
          }
          field += 1
          start = at + 1
          if byte == 10 {
            if !isHeader { rows.append(row) }
            isHeader = false
            field = 0
            if rows.count == limit { return (rows, min(at + 1, bytes.count)) }
          }
        }
        at += 1
      }
      return (rows, bytes.count)
    }
  }
}
