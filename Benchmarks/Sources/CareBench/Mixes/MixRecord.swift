/// A record of YCSB: a key and ten fields of a hundred characters.
struct MixRecord: Sendable {
  static let fields = 10
  static let fieldLength = 100

  var key: String
  var field0: String
  var field1: String
  var field2: String
  var field3: String
  var field4: String
  var field5: String
  var field6: String
  var field7: String
  var field8: String
  var field9: String

  /// Where each field lies.
  static var paths: [WritableKeyPath<MixRecord, String>] {
    [
      \.field0, \.field1, \.field2, \.field3, \.field4, \.field5, \.field6, \.field7, \.field8,
      \.field9,
    ]
  }

  /// The bytes of all fields: what a read has seen.
  @inline(__always) var length: Int {
    field0.utf8.count + field1.utf8.count + field2.utf8.count + field3.utf8.count
      + field4.utf8.count + field5.utf8.count + field6.utf8.count + field7.utf8.count
      + field8.utf8.count + field9.utf8.count
  }
}

extension MixRecord {
  /// The record of a number, as it is loaded.
  init(_ number: Int) {
    key = MixRecord.key(number)
    var numbers = SeededNumbers(seed: UInt64(number))
    func text() -> String { MixRecord.text(&numbers) }
    field0 = text()
    field1 = text()
    field2 = text()
    field3 = text()
    field4 = text()
    field5 = text()
    field6 = text()
    field7 = text()
    field8 = text()
    field9 = text()
  }

  /// YCSB's key of a number: hashed, so that records come in no order.
  static func key(_ number: Int) -> String { "user" + String(hash(UInt64(number)) >> 1) }

  /// A field's text, random.
  static func text(_ numbers: inout SeededNumbers) -> String {
    String(unsafeUninitializedCapacity: fieldLength) { bytes in
      var place = 0
      while place < fieldLength {
        var number = numbers.next()
        for _ in 0..<min(8, fieldLength - place) {
          bytes[place] = 32 + UInt8(truncatingIfNeeded: number & 63)
          number >>= 8
          place += 1
        }
      }
      return fieldLength
    }
  }

  /// YCSB's hash of a number (FNV-1a, 64 bits).
  static func hash(_ number: UInt64) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var left = number
    for _ in 0..<8 {
      hash = (hash ^ (left & 255)) &* 0x100_0000_01b3
      left >>= 8
    }
    return hash
  }
}

/// One storage engine under YCSB. Each call is a transaction, durable when it returns.
protocol MixEngine: AnyObject {
  static var name: String { get }
  init(directory: String, cacheBytes: Int) throws
  func insert(_ records: [MixRecord]) throws
  /// The bytes of all fields of a record; 0 when it is not there.
  func read(_ key: String) throws -> Int
  func update(_ key: String, field: Int, _ text: String) throws
  /// The bytes of all fields of up to `count` records from a key on.
  func scan(_ key: String, count: Int) throws -> Int
  /// Reads all fields and changes one, in one transaction.
  func modify(_ key: String, field: Int, _ text: String) throws -> Int
  func checkpoint() throws
  func settle() throws
  func close() throws
}

extension MixEngine {
  func settle() throws {}
}
