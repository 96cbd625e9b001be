/// Reading the scalars that paths lead to, without taking memory for each.
extension JSONMatch {
  /// The bytes of the value in the text that it was found in.
  @inline(__always)
  func bytes(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: text[range])
  }

  /// Whether the value is `true`. Only for values of kind `bool`.
  @inline(__always)
  func bool(in text: UnsafeRawBufferPointer) -> Bool {
    text[range.lowerBound] == UInt8(ascii: "t")
  }

  /// The UTF-8 bytes that a string stands for: of the text itself when it has no escapes, else in
  /// `scratch`. An escaped surrogate without its partner reads as U+FFFD.
  func string(
    in text: UnsafeRawBufferPointer, scratch: ByteBuffer
  ) -> UnsafeRawBufferPointer {
    guard range.count >= 2 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let content = UnsafeRawBufferPointer(
      rebasing: text[range.lowerBound + 1..<range.upperBound - 1])
    guard RawBytes.firstIndex(of: UInt8(ascii: "\\"), in: content) != nil else { return content }
    scratch.clear()
    _ = JSONText.unescape(content) { scratch.append($0) }
    return scratch.bytes
  }

  /// Appends the key of a scalar: truth values, then numbers by value, then texts.
  ///
  /// - Returns: false, with nothing appended, for null, which counts as missing, and for arrays and
  ///   objects, which are not comparable.
  func appendKey(
    in text: UnsafeRawBufferPointer, collation: Collation, scratch: ByteBuffer,
    to encoder: KeyEncoder
  ) -> Bool {
    switch kind {
    case .bool:
      ScalarKey.append(bool: bool(in: text), to: encoder)
      return true
    case .number: return ScalarKey.append(number: bytes(in: text), to: encoder)
    case .string:
      ScalarKey.append(
        text: string(in: text, scratch: scratch), collation: collation, to: encoder)
      return true
    case .null, .array, .object: return false
    }
  }
}
