/// Where the columns of a table lie in its rows. Immutable, so threads share it.
///
/// Columns are only ever added at the end; a dropped column keeps its place. So one layout reads
/// the rows of every age of its table.
final class RowLayout: @unchecked Sendable {
  /// The place of one column.
  struct Slot {
    let type: ColumnType
    /// Whether codes say how its field lies in the row; else it is one of the variable ones.
    let isCoded: Bool
    /// The number of its first code, or its number among the variable ones.
    let place: Int32
  }

  /// What the first columns of a layout have.
  struct Extent {
    var codes: Int32 = 0
    var variables: Int32 = 0
    /// Where the coded fields begin in a row whose header is one byte, without flags.
    var plainStart: Int32 = 1
    /// The bits of their codes, and of the bytes that hold them, in the first word of codes.
    var codeBits: UInt64 = 0
    var codeBytes: UInt64 = 0
  }

  /// What views need of a layout, in memory that lives as long as the layout, so that a view is
  /// plain bits.
  struct Plan {
    /// The number of columns.
    var count: Int
    /// The columns; `count` of them.
    var slots: UnsafePointer<Slot>
    /// What the first n columns have, for n from 0 to `count`.
    var extents: UnsafePointer<Extent>
    /// For each word of codes those of times and timestamps; at least one word.
    var moments: UnsafePointer<UInt64>
    /// The row that stands for absent columns; nil if they are null.
    var absent: UnsafeRawBufferPointer?
  }

  /// The number of columns.
  let count: Int
  private let slotMemory: UnsafeMutablePointer<Slot>
  private let extentMemory: UnsafeMutablePointer<Extent>
  private let momentMemory: UnsafeMutablePointer<UInt64>
  private let absentMemory: UnsafeMutableRawBufferPointer?
  private let planMemory: UnsafeMutablePointer<Plan>

  /// What views need.
  @inline(__always)
  var plan: UnsafePointer<Plan> { UnsafePointer(planMemory) }
  /// The columns; `count` of them.
  @inline(__always)
  var slots: UnsafePointer<Slot> { UnsafePointer(slotMemory) }
  /// What the first n columns have, for n from 0 to `count`.
  @inline(__always)
  var extents: UnsafePointer<Extent> { UnsafePointer(extentMemory) }

  /// Lays out columns in the order in which they were added to the table.
  ///
  /// - Parameters:
  ///   - types: the types of the columns.
  ///   - absent: a whole row of this layout, whose fields stand for the columns that older rows do
  ///     not hold. Without it such columns are null.
  init(_ types: [ColumnType], absent: UnsafeRawBufferPointer? = nil) {
    precondition(types.count <= RowFormat.maximumColumns)
    count = types.count
    slotMemory = .allocate(capacity: max(types.count, 1))
    extentMemory = .allocate(capacity: types.count + 1)
    var extent = Extent()
    extentMemory.initialize(to: extent)
    for (index, type) in types.enumerated() {
      let codes = RowFormat.codes(type)
      (slotMemory + index).initialize(
        to: Slot(
          type: type, isCoded: codes > 0, place: codes > 0 ? extent.codes : extent.variables))
      extent.codes += codes
      if codes == 0 { extent.variables += 1 }
      let codeSize = (extent.codes + 1) / 2
      extent.plainStart = 1 + codeSize + max(extent.variables - 1, 0)
      extent.codeBits = ~(~0 << UInt64(extent.codes * 4))
      extent.codeBytes = ~(~0 << UInt64(codeSize * 8))
      (extentMemory + index + 1).initialize(to: extent)
    }
    let words = Int(extent.codes) / RowCode.perWord + 1
    momentMemory = .allocate(capacity: words)
    momentMemory.initialize(repeating: 0, count: words)
    for index in types.indices where types[index] == .time || types[index] == .timestamp {
      let code = Int(slotMemory[index].place)
      momentMemory[code / RowCode.perWord] |= 1 << UInt64(code % RowCode.perWord * 4)
    }
    if let absent {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: absent.count, alignment: 8)
      copy.copyMemory(from: absent)
      absentMemory = copy
    } else {
      absentMemory = nil
    }
    planMemory = .allocate(capacity: 1)
    planMemory.initialize(
      to: Plan(
        count: count, slots: slotMemory, extents: extentMemory, moments: momentMemory,
        absent: absentMemory.map { UnsafeRawBufferPointer($0) }))
  }

  deinit {
    slotMemory.deallocate()
    extentMemory.deallocate()
    momentMemory.deallocate()
    absentMemory?.deallocate()
    planMemory.deallocate()
  }

  /// The same columns with the fields that stand for absent ones.
  func filling(absent: UnsafeRawBufferPointer) -> RowLayout {
    RowLayout((0..<count).map { slots[$0].type }, absent: absent)
  }

  /// The type of a column.
  func type(_ column: Int) -> ColumnType {
    precondition(column >= 0 && column < count)
    return slots[column].type
  }
}
