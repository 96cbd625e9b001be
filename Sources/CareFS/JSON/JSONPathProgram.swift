/// A path laid out for lookups: flat steps and the bytes of their names, at stable addresses.
final class JSONPathProgram: @unchecked Sendable {
  enum Kind: UInt8 { case member, element, anyElement }

  struct Step {
    let kind: Kind
    /// The index of an element, or the length of a member's name.
    let number: Int
    /// The name of a member as it stands in most texts, without escapes.
    let name: UnsafeRawPointer
  }

  let count: Int
  /// The steps. Written only before `init` returns, so sharing between threads is safe.
  let steps: UnsafePointer<Step>
  private let stepMemory: UnsafeMutablePointer<Step>
  private let nameMemory: UnsafeMutableRawPointer

  init(_ segments: [JSONPath.Segment]) {
    var names: [UInt8] = []
    for case .member(let name) in segments { names += Array(name.utf8) }
    count = segments.count
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(names.count, 1), alignment: 1)
    UnsafeMutableRawBufferPointer(start: bytes, count: names.count).copyBytes(from: names)
    nameMemory = bytes
    stepMemory = .allocate(capacity: max(segments.count, 1))
    var place = UnsafeRawPointer(bytes)
    for (index, segment) in segments.enumerated() {
      let step: Step
      switch segment {
      case .member(let name):
        step = Step(kind: .member, number: name.utf8.count, name: place)
        place += name.utf8.count
      case .element(let number): step = Step(kind: .element, number: number, name: place)
      case .anyElement: step = Step(kind: .anyElement, number: 0, name: place)
      }
      (stepMemory + index).initialize(to: step)
    }
    steps = UnsafePointer(stepMemory)
  }

  deinit {
    stepMemory.deallocate()
    nameMemory.deallocate()
  }
}
