/// How a key is built from the values that an assembler was given, without a look at the finished
/// row: of numbers, texts compared by their bytes, and the row's own key.
struct PlainKey {
  /// Where a component comes from.
  struct Part {
    enum Source: UInt8 {
      case number, text, key
    }

    var source: Source
    /// Whether a byte before the value tells it from null.
    var isNullable: Bool
    /// The column, by its position in the table.
    var ordinal: Int
    /// The number of its first code in the row, or its number among the variable fields.
    var place: Int
  }

  var parts: [Part]

  /// Nil for a key that needs the finished row.
  init?(_ fields: [KeyField], of plan: TablePlan) {
    parts = []
    for field in fields {
      guard let part = Part(field, of: plan) else { return nil }
      parts.append(part)
    }
  }
}

extension PlainKey.Part {
  init?(_ field: KeyField, of plan: TablePlan) {
    let layout = plan.layout
    isNullable = field.part.nullable
    ordinal = field.ordinal
    place = 0
    if field.copied != nil {
      guard layout.keyParts.count == 1 else { return nil }
      source = .key
      return
    }
    let column = layout.places[field.ordinal]
    guard column.row >= 0, !field.part.descending, field.part.type == column.type else {
      return nil
    }
    place = Int(layout.row.slots[column.row].place)
    switch column.type {
    case .int, .date, .time, .timestamp: source = .number
    case .text where field.part.collation == .binary: source = .text
    default: return nil
    }
  }
}

extension IndexPlan {
  /// How the index's keys are built without a look at the finished row; nil when they cannot.
  func plainKey(of plan: TablePlan) -> PlainKey? {
    condition == nil && path == nil ? PlainKey(parts, of: plan) : nil
  }
}

extension EntrySink {
  /// Adds the key of the row in an assembler.
  ///
  /// - Parameter ending: what follows the components.
  /// - Returns: the bytes of the key; below zero when it has a null and may not.
  @inline(__always)
  func add(
    _ parts: UnsafeBufferPointer<PlainKey.Part>, of assembler: RowAssembler,
    key: UnsafeRawBufferPointer, ending: KeyEnding, tag: UInt32
  ) -> Int {
    var used = 0
    var isComplete = true
    for part in parts {
      if !assembler.isNull(part) {
        used &+= append(part, of: assembler, key: key, behind: used)
      } else {
        isComplete = false
        guard ending != .none, part.isNullable else { return -1 }
        reserve(1, behind: used).storeBytes(of: 0, as: UInt8.self)
        used &+= 1
      }
    }
    if ending == .always || (ending == .ifNull && !isComplete) {
      copy(key, to: reserve(key.count, behind: used))
      used &+= key.count
    }
    end(used, tag: tag)
    return used
  }

  /// Appends a component that is not null. Returns its bytes.
  @inline(__always)
  private func append(
    _ part: PlainKey.Part, of assembler: RowAssembler, key: UnsafeRawBufferPointer,
    behind used: Int
  ) -> Int {
    var size = 0
    if part.isNullable {
      reserve(1, behind: used).storeBytes(of: 1, as: UInt8.self)
      size = 1
    }
    switch part.source {
    case .number:
      let place = reserve(KeyEncoder.maxIntSize, behind: used &+ size)
      return size &+ KeyEncoder.write(int: assembler.number(part.ordinal), to: place)
    case .key:
      copy(key, to: reserve(key.count, behind: used &+ size))
      return size &+ key.count
    case .text:
      let text = assembler.text(part)
      guard RawBytes.firstIndex(of: 0, in: text) == nil else {
        return size &+ appendWithZeros(text, behind: used &+ size)
      }
      let place = reserve(text.count &+ 2, behind: used &+ size)
      copy(text, to: place)
      (place + text.count).storeBytes(of: 0, as: UInt16.self)
      return size &+ text.count &+ 2
    }
  }

  @inline(never)
  private func appendWithZeros(_ text: UnsafeRawBufferPointer, behind used: Int) -> Int {
    let encoder = KeyEncoder()
    encoder.append(bytes: text)
    copy(encoder.key, to: reserve(encoder.key.count, behind: used))
    return encoder.key.count
  }

  @inline(__always)
  private func copy(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) {
    if let start = bytes.baseAddress { place.copyMemory(from: start, byteCount: bytes.count) }
  }
}

/// What follows the components of a key.
enum KeyEnding: UInt8 {
  /// Nothing, and with a null there is no key: a reference to another row.
  case none
  /// The row's key: a plain index.
  case always
  /// The row's key where a component is null, since nulls are distinct: a unique index.
  case ifNull
}
