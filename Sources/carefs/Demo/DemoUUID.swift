#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension DemoLoader {
  /// The uuid of a conversation, the same in each run.
  static func uuid(_ number: Int) -> UUID {
    let low = UInt32(truncatingIfNeeded: number)
    return UUID(
      uuid: (
        0xCA, 0x4E, 0xF5, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, UInt8(low >> 24 & 255),
        UInt8(low >> 16 & 255), UInt8(low >> 8 & 255), UInt8(low & 255)
      ))
  }
}
