/// Unicode simple case folding, by a table that ships with the engine, so that indexes mean the
/// same on every system.
enum CaseFolding {
  /// The version of the table, which case-insensitive indexes name: Unicode 14.0.
  static let version: UInt32 = 14

  /// Code points `first`, `first + stride`, ... `last`, each of which folds to itself plus
  /// `distance`.
  struct Run: Sendable {
    let first: UInt32
    let last: UInt32
    let stride: UInt32
    let distance: Int32

    init(_ first: UInt32, _ last: UInt32, _ stride: UInt32, _ distance: Int32) {
      self.first = first
      self.last = last
      self.stride = stride
      self.distance = distance
    }
  }

  /// The simple case folding of a code point.
  @inline(__always)
  static func fold(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar &- 0x41 < 26 ? scalar + 0x20 : scalar }
    return foldByTable(scalar)
  }

  private static func foldByTable(_ scalar: UInt32) -> UInt32 {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].last < scalar { low = middle + 1 } else { high = middle }
    }
    guard low < runs.count else { return scalar }
    let run = runs[low]
    guard scalar >= run.first, (scalar - run.first) % run.stride == 0 else { return scalar }
    return UInt32(truncatingIfNeeded: Int64(scalar) + Int64(run.distance))
  }

  /// The simple lower-case mapping of a code point. It is the folding, but for letters that fold
  /// to another lower-case letter, and for Cherokee, which folds to capitals.
  static func lower(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x130: 0x69
    case 0x13A0...0x13EF: scalar + 0x97D0
    case 0x13F0...0x13F5: scalar + 8
    case 0xB5, 0x17F, 0x345, 0x3C2, 0x3D0, 0x3D1, 0x3D5, 0x3D6, 0x3F0, 0x3F1, 0x3F5,
      0x13F8...0x13FD, 0x1C80...0x1C88, 0x1E9B, 0x1FBE, 0xAB70...0xABBF:
      scalar
    default: fold(scalar)
    }
  }
}
