/// A path into a JSON document: `meta.specialty`, `codes[0].value`, `tags[*]`.
///
/// Names that are not plain identifiers stand in back-ticks, with a back-tick doubled inside. Of
/// duplicate members the last one counts. `[*]` stands for every element of an array.
public struct JSONPath: Sendable, Hashable {
  /// One step of a path.
  public enum Segment: Sendable {
    /// The member of an object with this name, compared by bytes.
    case member(String)
    /// The element of an array at this index, from 0.
    case element(Int)
    /// Every element of an array.
    case anyElement
  }

  /// The most segments that a path may have.
  public static let maximumSegments = JSONScanner.maximumDepth

  /// The steps, from the outermost.
  public let segments: [Segment]
  let program: JSONPathProgram
  /// Whether the path can match more than one value.
  public let isMultiple: Bool

  /// Creates a path from its steps.
  ///
  /// - Throws: ``JSONError`` with reason `invalidPath` if there are no steps, more than
  ///   ``maximumSegments``, or a negative index.
  public init(_ segments: [Segment]) throws(JSONError) {
    guard !segments.isEmpty, segments.count <= JSONPath.maximumSegments else {
      throw JSONError(.invalidPath, at: 0)
    }
    for case .element(let index) in segments where index < 0 {
      throw JSONError(.invalidPath, at: 0)
    }
    self.segments = segments
    program = JSONPathProgram(segments)
    isMultiple = segments.contains(.anyElement)
  }

  /// Equal when the steps are.
  public static func == (a: JSONPath, b: JSONPath) -> Bool { a.segments == b.segments }

  /// Hashes the steps.
  public func hash(into hasher: inout Hasher) { hasher.combine(segments) }
}

extension JSONPath.Segment: Hashable {
  /// Equal when kind and index, or the bytes of the names, are.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.member(let x), .member(let y)): x.utf8.elementsEqual(y.utf8)
    case (.element(let x), .element(let y)): x == y
    case (.anyElement, .anyElement): true
    default: false
    }
  }

  /// Hashes by bytes, as equality demands.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .member(let name):
      for byte in name.utf8 { hasher.combine(byte) }
    case .element(let index): hasher.combine(index)
    case .anyElement: hasher.combine(-1)
    }
  }
}
