#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

extension RowView {
  /// A uuid.
  func uuid(_ column: Int) throws(RowError) -> UUID {
    UUID(rawBytes: try uuidBytes(column))
  }

  /// An exact decimal.
  func decimal(_ column: Int) throws(RowError) -> ExactDecimal {
    guard let value = ExactDecimal(encoded: try field(column)) else {
      throw .corrupt("decimal in a row")
    }
    return value
  }

  /// The value of a column, if the row itself holds it.
  ///
  /// - Throws: `noDocuments` for JSON and for what lies in a document.
  func value(_ column: Int) throws(RowError) -> Value {
    let type = type(column)
    if isNull(column) { return .null }
    switch type {
    case .int: return .int(try int(column))
    case .double: return .double(try double(column))
    case .bool: return .bool(try bool(column))
    case .date: return .date(try date(column))
    case .time: return .time(try time(column))
    case .timestamp: return .timestamp(try timestamp(column))
    case .uuid: return .uuid(try uuid(column))
    case .json: throw .noDocuments
    case .text, .bytes, .decimal, .any:
      if isExternal(column) { throw .noDocuments }
      return try RowView.value(type, of: try field(column))
    }
  }

  /// The value of the bytes of a variable field, loaded from its document if it lay in one.
  static func value(
    _ type: ColumnType, of field: UnsafeRawBufferPointer
  ) throws(RowError) -> Value {
    switch type {
    case .text: return .text(RawBytes.string(field))
    case .bytes: return .bytes([UInt8](field))
    case .decimal:
      guard let value = ExactDecimal(encoded: field) else { throw .corrupt("decimal in a row") }
      return .decimal(value)
    case .json: return .json(JSON(validated: [UInt8](field)))
    case .any: return .any(try AnyField(field).value())
    default: throw .typeMismatch(expected: type, found: .bytes)
    }
  }
}

extension UUID {
  /// The uuid of 16 bytes; of fewer, the missing ones are zero.
  init(rawBytes bytes: UnsafeRawBufferPointer) {
    var uuid = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).uuid
    withUnsafeMutableBytes(of: &uuid) { target in
      target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes.prefix(min(bytes.count, target.count))))
    }
    self.init(uuid: uuid)
  }
}
