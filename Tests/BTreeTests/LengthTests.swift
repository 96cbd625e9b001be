import PageStore
import Testing

@testable import BTree

/// Lengths at which an entry's form changes.
@Suite struct LengthTests {
  /// A varint takes another byte from these lengths on.
  @Test(arguments: [127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
  func aValueOfEachLengthOfItsLength(count: Int) throws {
    let harness = try TreeHarness(pageSize: 65_536)
    try harness.insert([1], [UInt8](repeating: 7, count: count))
    try harness.insert([2], [8])
    let cursor = harness.tree.cursor(in: harness.transaction)
    #expect(try cursor.next())
    #expect(cursor.valueLength == count)
    #expect(try cursor.loadValue().count == count)
    #expect(try harness.tree.check(in: harness.transaction).isSound)
  }

  /// What room is kept for a length is what it takes, up to the longest.
  @Test(arguments: [0, 7, 14, 21, 28])
  func aLengthTakesTheRoomKeptForIt(bits: Int) {
    var bytes: [UInt8] = [0, 0, 0, 0, 0]
    for length in [(1 << bits) - 1, 1 << bits, Int(UInt32.max)] {
      let written = bytes.withUnsafeMutableBytes { target in
        target.baseAddress.map { Bytes.writeVarint(length, to: $0) }
      }
      #expect(written == Bytes.varintSize(length))
    }
  }

  /// A key is another one than those that it begins with, wherever it is cut.
  @Test func whatALongKeyBeginsWithIsAnotherKey() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let long = [UInt8](repeating: 5, count: 1_200)
    try harness.insert(long, [1])
    for count in 0..<long.count { try harness.verifyFind(Array(long.prefix(count))) }
    for count in stride(from: 440, to: 560, by: 3) {
      try harness.insert(Array(long.prefix(count)), [2])
    }
    for count in 430..<570 { try harness.verifyFind(Array(long.prefix(count))) }
    try harness.verify()
    try harness.delete(long)
    try harness.verifyFind(long)
    try harness.verify()
  }

  /// Cursors read the rest of long keys from their overflow pages.
  @Test func cursorsOfReadersSeeLongKeysWhole() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<20 {
      try harness.insert(numberKey(number) + [UInt8](repeating: 3, count: 900 + number), [4])
    }
    try harness.transaction.commit()
    let transaction = try harness.pager.beginRead()
    defer { transaction.rollback() }
    let cursor = harness.tree.cursor(in: transaction)
    defer { cursor.close() }
    for key in harness.keys {
      #expect(try cursor.next())
      #expect(Array(cursor.key) == key)
    }
    #expect(try !cursor.next())
  }
}
