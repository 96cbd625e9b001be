import BTree

/// Reads the columns of a record by ordinal, from its key and its row.
///
/// One view serves a whole scan: `load` moves it to the next record. It is valid as long as the
/// bytes of key and row are, and so are the texts that it returns.
final class RecordView {
  /// The layout of the table.
  let layout: RecordLayout
  /// The key of the record.
  var key: UnsafeRawBufferPointer {
    @inline(__always) get {
      if isKeyAtCursor { takeKey() }
      return loadedKey
    }
  }
  private var loadedKey = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Whether the key is that of the cursor's entry, and was not asked for yet.
  private var isKeyAtCursor = false
  /// Walks over the rows that `load(row:)` is given.
  var cursor: TreeCursor?
  /// The row of the record and the fields of its columns.
  let face: UnsafeMutablePointer<RecordFace>
  /// The row of the record.
  var row: RowView {
    @inline(__always) get { face.pointee.row }
  }
  /// How the record that is read stands in the table; nil where none is.
  private(set) var binding: RecordBinding?
  /// What reads texts and documents that do not lie in the row.
  var documents: (any DocumentLoader)?

  /// Where a part of the key lies.
  private struct Spot {
    var place = 0
    var isNull = false
    /// Of texts: whether they lie in `texts` rather than in the key.
    var isCopied = false
    var length = 0
  }

  private let places: UnsafePointer<RecordLayout.Place>
  private let count: Int
  private let isSimple: Bool
  private let spots: UnsafeMutablePointer<Spot>
  private var isLocated = false
  private let texts = ByteBuffer(capacity: 16)

  /// A row that holds no column, so that each reads as one that was added later.
  nonisolated(unsafe) private static let bareRow = {
    let row = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    row[0] = 0
    return UnsafeRawBufferPointer(row)
  }()

  /// Creates a view of no record: all columns are null or have the default of older rows, and the key
  /// is empty.
  init(_ layout: RecordLayout, documents: (any DocumentLoader)? = nil) throws(RowError) {
    self.layout = layout
    self.documents = documents
    places = layout.places
    count = layout.columns.count
    isSimple = layout.keyParts.first?.nullable == false
    spots = .allocate(capacity: max(layout.keyParts.count, 1))
    spots.initialize(repeating: Spot(), count: layout.keyParts.count)
    let row = try RowView(Self.bareRow, layout: layout.row)
    face = .allocate(capacity: 1)
    face.initialize(to: RecordFace(row: row))
  }

  deinit {
    spots.deallocate()
    face.deallocate()
  }

  /// Takes the columns of a record.
  @inline(__always)
  func bind(_ binding: RecordBinding) {
    guard self.binding !== binding else { return }
    self.binding = binding
    face.pointee.columns = binding.columns
    face.pointee.count = binding.count
    face.pointee.rowsByInt = binding.rowsByInt
  }

  /// Where a column is read from.
  @inline(__always)
  func place(_ ordinal: Int) -> RecordLayout.Place {
    precondition(ordinal >= 0 && ordinal < count)
    return places[ordinal]
  }

  /// Moves to a record.
  @inline(__always)
  func load(key: UnsafeRawBufferPointer, row: UnsafeRawBufferPointer) throws(RowError) {
    face.pointee.row = try RowView(row, plan: face.pointee.row.plan)
    loadedKey = key
    isKeyAtCursor = false
    isLocated = false
  }

  /// Moves to the row on which the cursor is. Most who walk over rows need no key.
  @inline(__always)
  func load(row: UnsafeRawBufferPointer) throws(RowError) {
    face.pointee.row = try RowView(row, plan: face.pointee.row.plan)
    isKeyAtCursor = true
    isLocated = false
  }

  @inline(never)
  private func takeKey() {
    if let cursor { loadedKey = cursor.key }
    isKeyAtCursor = false
  }

  /// Finds the parts of the key.
  private func locate() throws(RowError) {
    texts.clear()
    texts.reserve(key.count)
    var decoder = KeyDecoder(key)
    for (index, part) in layout.keyParts.enumerated() {
      var spot = Spot()
      spot.isNull = try decoder.isNull(part)
      spot.place = decoder.place
      if !spot.isNull {
        if part.isLossless, part.type == .text || part.type == .bytes {
          let span = try decoder.span(descending: part.descending)
          spot.length = span.length
          if part.descending || span.escapes > 0 {
            spot.place = texts.count
            spot.isCopied = true
            KeyDecoder.unescape(span, of: key, descending: part.descending, to: texts)
            spot.length = texts.count - spot.place
          }
        } else {
          var bare = part
          bare.nullable = false
          try decoder.skip(bare)
        }
      }
      spots[index] = spot
    }
    guard decoder.isAtEnd else { throw .corrupt("key goes on after its last part") }
    isLocated = true
  }

  /// A decoder at a part of the key.
  @inline(__always)
  func decoder(_ part: Int) throws(RowError) -> KeyDecoder {
    if part == 0, isSimple { return KeyDecoder(key) }
    if !isLocated { try locate() }
    guard !spots[part].isNull else {
      throw .typeMismatch(expected: layout.keyParts[part].type, found: nil)
    }
    return KeyDecoder(key, at: spots[part].place)
  }

  /// The bytes of a text or byte part of the key.
  func text(_ part: Int) throws(RowError) -> UnsafeRawBufferPointer {
    if !isLocated { try locate() }
    let spot = spots[part]
    let source = spot.isCopied ? texts.bytes : key
    return UnsafeRawBufferPointer(rebasing: source[spot.place..<spot.place + spot.length])
  }

  /// Whether a part of the key is null.
  func isNullKey(_ part: Int) throws(RowError) -> Bool {
    guard layout.keyParts[part].nullable else { return false }
    if !isLocated { try locate() }
    return spots[part].isNull
  }
}
