/// A column as rows and keys see it.
struct ColumnShape: Sendable, Hashable {
  var type: ColumnType
  var nullable: Bool
  var collation: Collation

  init(_ type: ColumnType, nullable: Bool = false, collation: Collation = .binary) {
    self.type = type
    self.nullable = nullable
    self.collation = collation
  }
}

/// Where the columns of a table lie in its keys and rows. Immutable, so threads share it.
///
/// Columns of the primary key lie in the key alone, unless a key does not give the value back
/// (decimals, any values, texts that ignore case): those lie in the row as well.
final class RecordLayout: @unchecked Sendable {
  /// Where one column is read from.
  struct Place: Sendable {
    /// The column's place in the row; -1 if the key alone holds it.
    var row: Int
    /// The column's place in the key; -1 if it is not part of the primary key.
    var key: Int
    /// The column's type.
    var type: ColumnType
    /// Whether the key goes downwards by the column.
    var isDescending: Bool
  }

  /// The columns, by ordinal.
  let columns: [ColumnShape]
  /// The ordinals of the primary key's columns, most significant first.
  let keyOrdinals: [Int]
  /// The parts of the key, in the same order.
  let keyParts: [KeyPart]
  /// Where each column lies, by ordinal. Written only before `init` returns.
  private let placeMemory: UnsafeMutablePointer<Place>
  /// The ordinals of the columns in the row, in the row's order.
  let rowOrdinals: [Int]
  /// The layout of the row.
  let row: RowLayout

  /// Lays out a table.
  ///
  /// - Parameters:
  ///   - columns: the columns in the order in which they were added to the table.
  ///   - primaryKey: the ordinals of the key's columns and whether each goes downwards.
  convenience init(columns: [ColumnShape], primaryKey: [(ordinal: Int, descending: Bool)]) {
    let parts = primaryKey.map { column in
      KeyPart(
        columns[column.ordinal].type, nullable: columns[column.ordinal].nullable,
        descending: column.descending, collation: columns[column.ordinal].collation)
    }
    var places: [Place] = []
    var rowOrdinals: [Int] = []
    for ordinal in columns.indices {
      let key = primaryKey.firstIndex { $0.ordinal == ordinal } ?? -1
      if key >= 0, parts[key].isLossless {
        places.append(
          Place(
            row: -1, key: key, type: columns[ordinal].type, isDescending: parts[key].descending))
      } else {
        places.append(
          Place(row: rowOrdinals.count, key: key, type: columns[ordinal].type, isDescending: false))
        rowOrdinals.append(ordinal)
      }
    }
    self.init(
      columns: columns, keyOrdinals: primaryKey.map(\.ordinal), keyParts: parts, places: places,
      rowOrdinals: rowOrdinals, row: RowLayout(rowOrdinals.map { columns[$0].type }))
  }

  private init(
    columns: [ColumnShape], keyOrdinals: [Int], keyParts: [KeyPart], places: [Place],
    rowOrdinals: [Int], row: RowLayout
  ) {
    self.columns = columns
    self.keyOrdinals = keyOrdinals
    self.keyParts = keyParts
    placeMemory = .allocate(capacity: max(places.count, 1))
    placeMemory.initialize(from: places, count: places.count)
    self.rowOrdinals = rowOrdinals
    self.row = row
  }

  deinit { placeMemory.deallocate() }

  /// Where each column lies, by ordinal.
  @inline(__always)
  var places: UnsafePointer<Place> { UnsafePointer(placeMemory) }

  /// The same table, where the fields of `absent`, a whole row, stand for columns that older rows
  /// do not hold.
  func filling(absent: UnsafeRawBufferPointer) -> RecordLayout {
    RecordLayout(
      columns: columns, keyOrdinals: keyOrdinals, keyParts: keyParts,
      places: columns.indices.map { places[$0] }, rowOrdinals: rowOrdinals,
      row: row.filling(absent: absent))
  }
}
