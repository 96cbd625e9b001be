/// A record of YCSB as bytes, for engines that store nothing else.
extension PackedRowWriter {
  mutating func put(_ record: MixRecord) {
    put(record.field0)
    put(record.field1)
    put(record.field2)
    put(record.field3)
    put(record.field4)
    put(record.field5)
    put(record.field6)
    put(record.field7)
    put(record.field8)
    put(record.field9)
  }
}

extension MixRecord {
  @inline(__always) init(key: String, packed bytes: UnsafeRawBufferPointer) {
    var row = PackedRowReader(bytes)
    let field0 = row.text()
    let field1 = row.text()
    let field2 = row.text()
    let field3 = row.text()
    let field4 = row.text()
    let field5 = row.text()
    let field6 = row.text()
    let field7 = row.text()
    let field8 = row.text()
    self.init(
      key: key, field0: field0, field1: field1, field2: field2, field3: field3, field4: field4,
      field5: field5, field6: field6, field7: field7, field8: field8, field9: row.text())
  }

  /// Where the text of a field lies in a row; all fields are equally long.
  static func offset(ofField field: Int) -> Int { field * (fieldLength + 2) + 2 }

  /// Copies a row and puts another text in its place; the length of the row.
  static func change(
    _ row: UnsafeRawBufferPointer, field: Int, _ text: String,
    in buffer: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    let copy = UnsafeMutableRawBufferPointer(rebasing: buffer[..<row.count])
    copy.copyMemory(from: row)
    withUTF8(text) { bytes in
      let room = UnsafeMutableRawBufferPointer(rebasing: copy[offset(ofField: field)...])
      room.copyMemory(from: UnsafeRawBufferPointer(bytes))
    }
    return UnsafeRawBufferPointer(copy)
  }
}
