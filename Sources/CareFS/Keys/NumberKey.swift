/// Keys of numbers of any size, by value: decimals, and the numbers in JSON.
///
/// A number other than zero is 0.d1d2d3... times ten to the power e, where d1 is not 0. Its key:
/// one byte 1, 2 or 3 for below zero, zero, above zero; then for numbers other than zero e as an
/// integer key, the digits two by two (each pair's value plus 1, the last padded with 0, without
/// zeros at the end), and a 0 byte. Of numbers below zero all bytes after the first are
/// complemented.
enum NumberKey {
  /// Appends the key of an exact decimal.
  static func append(_ value: ExactDecimal, to buffer: ByteBuffer) {
    let text = ByteBuffer(capacity: 96)
    value.write(to: text)
    append(text: text.bytes, to: buffer)
  }

  /// Appends the key of an integer.
  static func append(_ value: Int64, to buffer: ByteBuffer) {
    let text = ByteBuffer(capacity: 32)
    text.appendDecimal(value)
    append(text: text.bytes, to: buffer)
  }

  /// Appends the key of a finite double, as the number that its shortest text says.
  static func append(_ value: Double, to buffer: ByteBuffer) {
    (value == 0 ? 0 : value).description.withUTF8Bytes { _ = append(text: $0, to: buffer) }
  }

  /// Appends the key of a number in JSON's form; false, and nothing appended, if it is not one.
  @discardableResult
  static func append(text: UnsafeRawBufferPointer, to buffer: ByteBuffer) -> Bool {
    guard let form = NumberForm(text) else { return false }
    let digits = SplitDigits(
      integer: UnsafeRawBufferPointer(rebasing: text[form.integer]),
      fraction: UnsafeRawBufferPointer(rebasing: text[form.fraction]))
    var first = 0
    while first < digits.count, digits[first] == 0 { first += 1 }
    guard first < digits.count else {
      buffer.append(2)
      return true
    }
    var end = digits.count
    while digits[end - 1] == 0 { end -= 1 }
    buffer.append(form.isNegative ? 1 : 3)
    let start = buffer.count
    KeyEncoder(buffer).append(int: Int64(form.integer.count - first) + form.exponent)
    while first < end {
      buffer.append(digits[first] * 10 + (first + 1 < end ? digits[first + 1] : 0) + 1)
      first += 2
    }
    buffer.append(0)
    if form.isNegative { buffer.complement(from: start) }
    return true
  }

  /// The digits on both sides of a point, as one run.
  private struct SplitDigits {
    let integer: UnsafeRawBufferPointer
    let fraction: UnsafeRawBufferPointer

    var count: Int { integer.count + fraction.count }

    subscript(index: Int) -> UInt8 {
      let byte = index < integer.count ? integer[index] : fraction[index - integer.count]
      return byte &- UInt8(ascii: "0")
    }
  }
}
