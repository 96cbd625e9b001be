/// A JSON document, kept byte for byte as it was given.
///
/// The text is checked once, when the value is made: RFC 8259, UTF-8, at most
/// ``JSONScanner/maximumDepth`` levels. White space, the order of members, duplicate members, number
/// texts and escapes stay as they are. Two documents are equal when their bytes are.
public struct JSON: Sendable, Hashable {
  /// The document's UTF-8 bytes.
  public let bytes: [UInt8]

  /// Checks a text and keeps it.
  ///
  /// - Throws: ``JSONError`` with the rule that the text breaks.
  /// - Complexity: linear in the length of the text.
  public init(validating text: String) throws(JSONError) {
    try self.init(validating: Array(text.utf8))
  }

  /// Checks UTF-8 bytes and keeps them.
  ///
  /// - Throws: ``JSONError`` with the rule that the bytes break.
  /// - Complexity: linear in the number of bytes.
  public init(validating bytes: [UInt8]) throws(JSONError) {
    try JSON.validate(bytes)
    self.bytes = bytes
  }

  /// Checks a view of UTF-8 bytes and copies them.
  public init(validating bytes: UnsafeRawBufferPointer) throws(JSONError) {
    try JSONScanner.validate(bytes)
    self.bytes = Array(bytes)
  }

  /// Keeps bytes that were validated before, such as those of a stored document.
  ///
  /// Nothing is unsafe about bytes that are not JSON after all: lookups in them find nothing or
  /// throw.
  init(validated bytes: [UInt8]) {
    self.bytes = bytes
  }

  private static func validate(_ bytes: [UInt8]) throws(JSONError) {
    // withUnsafeBytes rethrows untyped, so the error travels as a value.
    let failure: JSONError? = bytes.withUnsafeBytes { view in
      do throws(JSONError) {
        try JSONScanner.validate(view)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// The JSON value `null`.
  public static let null = JSON(validated: Array("null".utf8))

  /// The document as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The kind of the document's outermost value.
  public var kind: JSONKind {
    for byte in bytes where !JSONScanner.isSpace(byte) {
      return JSONKind(firstByte: byte) ?? .null
    }
    return .null
  }

  /// Calls a closure with a view of the document's bytes.
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let result: Result<R, E> = bytes.withUnsafeBytes { view in
      do throws(E) {
        return .success(try body(view))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

extension JSON: CustomStringConvertible {
  /// The document as text.
  public var description: String { text }
}
