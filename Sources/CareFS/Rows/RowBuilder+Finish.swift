/// How a row is put together: its variable fields are there, all else goes before them.
extension RowBuilder {
  /// Ends the row. The bytes are valid until the next `begin` or `set`.
  ///
  /// - Throws: `tooLarge` if the variable fields take more than 2 GiB.
  @inline(__always)
  func finish() throws(RowError) -> UnsafeRawBufferPointer {
    let row = isOrderly ? out : ordered()
    let end = row.count
    guard end - room <= Int(Int32.max) else { throw .tooLarge }
    return UnsafeRawBufferPointer(rebasing: row.bytes[writeHead(row.base, end - room)..<end])
  }

  /// The variable fields in their order, behind the same room.
  @inline(never)
  private func ordered() -> ByteBuffer {
    spare.clear()
    _ = spare.extend(room)
    for variable in 0..<variables where spans[variable].length > 0 {
      let span = spans[variable]
      spare.append(UnsafeRawBufferPointer(start: out.base + span.start, count: span.length))
    }
    return spare
  }

  /// Writes all that stands before the variable fields, from its end to its beginning, and returns
  /// where it begins.
  @inline(__always)
  private func writeHead(_ base: UnsafeMutableRawPointer, _ size: Int) -> Int {
    var place = room
    var index = codeCount
    while index > 0 {
      let word = (index - 1) / RowCode.perWord
      let sizes = RowCode.sizes(codes[word], moments: layout.plan.pointee.moments[word])
      while index > word * RowCode.perWord {
        index -= 1
        (base + place - 8).storeBytes(of: words[index].littleEndian, as: UInt64.self)
        place -= Int(truncatingIfNeeded: sizes >> UInt64(index % RowCode.perWord * 4) & 15)
      }
    }
    var flags: UInt8 = 0
    if variables > 0 {
      let last = max(spans[variables - 1].length, 0)
      flags = size - last <= 0xFF ? 0 : size - last <= 0xFFFF ? 1 : 2
      place -= (variables - 1) << Int(flags)
      if writeEnds(base + place, shift: flags) { flags |= RowFormat.hasNulls }
    }
    if hasExternal {
      flags |= RowFormat.hasExternal
      place -= (variables + 7) / 8
      writeBits(base + place) { $0.isExternal }
    }
    if flags & RowFormat.hasNulls != 0 {
      place -= (variables + 7) / 8
      writeBits(base + place) { $0.length < 0 }
    }
    place = writeCodes(base, place)
    if flags != 0 {
      place -= 1
      base.storeBytes(of: flags, toByteOffset: place, as: UInt8.self)
    }
    return writeCount(base, place, flags == 0 ? 0 : RowFormat.hasFlags)
  }

  /// Writes where the variable fields end, but for the last one. Returns whether any is null.
  @inline(__always)
  private func writeEnds(_ start: UnsafeMutableRawPointer, shift: UInt8) -> Bool {
    var end = 0
    var hasNulls = spans[variables - 1].length < 0
    for variable in 0..<variables - 1 {
      let length = spans[variable].length
      if length < 0 { hasNulls = true } else { end += length }
      let place = start + (variable << Int(shift))
      switch shift {
      case 0: place.storeBytes(of: UInt8(truncatingIfNeeded: end), as: UInt8.self)
      case 1: place.storeBytes(of: UInt16(truncatingIfNeeded: end).littleEndian, as: UInt16.self)
      default: place.storeBytes(of: UInt32(truncatingIfNeeded: end).littleEndian, as: UInt32.self)
      }
    }
    return hasNulls
  }

  /// Writes a bit for each variable field.
  @inline(never)
  private func writeBits(_ start: UnsafeMutableRawPointer, _ isSet: (Span) -> Bool) {
    for byte in 0..<(variables + 7) / 8 {
      var bits: UInt8 = 0
      for variable in byte * 8..<min(byte * 8 + 8, variables) where isSet(spans[variable]) {
        bits |= 1 << UInt8(variable & 7)
      }
      start.storeBytes(of: bits, toByteOffset: byte, as: UInt8.self)
    }
  }

  /// Writes the codes to end before a place. Returns where they begin.
  @inline(__always)
  private func writeCodes(_ base: UnsafeMutableRawPointer, _ end: Int) -> Int {
    var place = end
    var left = codeCount
    while left > 0 {
      let word = (left - 1) / RowCode.perWord
      let size = (left - word * RowCode.perWord + 1) / 2
      let bits = codes[word] << UInt64(64 - size * 8)
      (base + place - 8).storeBytes(of: bits.littleEndian, as: UInt64.self)
      place -= size
      left = word * RowCode.perWord
    }
    return place
  }

  /// Writes the count to end before a place. Returns where it begins.
  @inline(__always)
  private func writeCount(_ base: UnsafeMutableRawPointer, _ end: Int, _ flag: UInt8) -> Int {
    var first = layout.count
    var place = end - 1
    if first >= RowFormat.wideCount {
      place -= 2
      let count = UInt16(truncatingIfNeeded: first).littleEndian
      base.storeBytes(of: count, toByteOffset: place + 1, as: UInt16.self)
      first = RowFormat.wideCount
    }
    base.storeBytes(
      of: UInt8(truncatingIfNeeded: first) | flag, toByteOffset: place, as: UInt8.self)
    return place
  }
}
