import CareFS
import CareFSTestSupport

/// Something that contradicts the model: what a run is looking for.
struct SeedFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A call of the engine that failed, perhaps because a fault was injected.
struct SeedTrouble: Error {
  let underlying: any Error
  /// What is in the file if the call did all its work nevertheless; nil when it had none to do.
  let next: ModelDatabase?
}

/// Undoes a transaction or a savepoint.
struct SeedUndo: Error {}

/// A row of hash that says what a run saw.
struct SeedHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
  mutating func add(_ number: UInt64) { value = (value ^ number) &* 0x100_0000_01B3 }
  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }
}
