import BTree
import PageStore

/// Single decoders on bytes of any origin, for tests that damage them. What is damaged throws.
package enum DecoderProbe {
  /// Reads every field of a row.
  package static func row(_ row: UnsafeRawBufferPointer, types: [ColumnType]) throws -> [Value] {
    try reporting {
      let layout = RowLayout(types)
      let view = try RowView(row, layout: layout)
      return try types.indices.map { column in
        if view.isNull(column) { return .null }
        guard types[column] == .json || view.isExternal(column) else {
          return try view.value(column)
        }
        // The field is the cell of a document.
        let cell = try view.field(column)
        _ = try DocumentCell(cell)
        return .bytes([UInt8](cell))
      }
    }
  }

  /// Writes the row of some values.
  package static func row(_ values: [Value], types: [ColumnType]) throws -> [UInt8] {
    try reporting {
      let layout = RowLayout(types)
      let builder = RowBuilder(layout)
      for (column, value) in values.enumerated() { try builder.set(column, to: value) }
      return try withExtendedLifetime(builder) { [UInt8](try builder.finish()) }
    }
  }

  /// Reads the parts of a key; of those that cannot be read back, only where they end.
  package static func key(
    _ key: UnsafeRawBufferPointer, parts: [(type: ColumnType, nullable: Bool, descending: Bool)]
  ) throws -> [Value?] {
    try reporting {
      var decoder = KeyDecoder(key)
      let values = try parts.map { part -> Value? in
        let part = KeyPart(part.type, nullable: part.nullable, descending: part.descending)
        if part.isLossless { return try decoder.value(part) }
        try decoder.skip(part)
        return nil
      }
      guard decoder.isAtEnd else { throw RowError.corrupt("key goes on after its last part") }
      return values
    }
  }

  /// Writes the key of some values.
  package static func key(
    _ values: [Value], parts: [(type: ColumnType, nullable: Bool, descending: Bool)]
  ) throws -> [UInt8] {
    try reporting {
      let encoder = KeyEncoder()
      for (value, part) in zip(values, parts) {
        try encoder.append(
          value, as: KeyPart(part.type, nullable: part.nullable, descending: part.descending))
      }
      return [UInt8](encoder.key)
    }
  }

  /// Reads the catalog's entry of a table; answers it as it would be stored.
  package static func catalogEntry(_ bytes: [UInt8]) throws -> [UInt8] {
    try reporting {
      let entry = try CatalogEntry(try SchemaJSON.parse(bytes: bytes))
      return Array(entry.schemaJSON.compact.utf8)
    }
  }

  /// Loads the document of a cell from a tree that has some entries, as a whole and by a path.
  package static func document(
    _ cell: UnsafeRawBufferPointer, entries: [(key: [UInt8], value: [UInt8])], path: JSONPath,
    in pages: PageTransaction
  ) throws -> [UInt8] {
    try reporting {
      let tree = try Tree.create(id: 2, in: pages)
      let editor = tree.editor(in: pages)
      for entry in entries {
        _ = try entry.key.withUnsafeBytes { key in
          try entry.value.withUnsafeBytes { try editor.insert(key, $0, ifPresent: .replace) }
        }
      }
      let store = DocumentStore(tree: tree, in: pages)
      let check = DocumentCheck()
      check.reference(cell)
      let cursor = tree.cursor(in: pages)
      defer { cursor.close() }
      var found = try cursor.seekFirst()
      while found {
        check.entry(cursor.key, try cursor.loadValue())
        found = try cursor.next()
      }
      check.finish()
      try? store.forEachMatch(path, in: cell) { _, _ in true }
      let whole = [UInt8](try store.load(cell))
      _ = try store.load(cell, 1..<max(whole.count / 2, 1) + 1)
      return whole
    }
  }

  /// Stores a document; answers its cell and the entries of its tree.
  package static func store(
    _ document: [UInt8], in pages: PageTransaction
  ) throws -> (cell: [UInt8], entries: [(key: [UInt8], value: [UInt8])]) {
    try reporting {
      let tree = try Tree.create(id: 2, in: pages)
      let store = DocumentStore(tree: tree, in: pages)
      let cell = try document.withUnsafeBytes { [UInt8](try store.store($0, column: 1)) }
      var entries: [(key: [UInt8], value: [UInt8])] = []
      let cursor = tree.cursor(in: pages)
      defer { cursor.close() }
      var found = try cursor.seekFirst()
      while found {
        entries.append(([UInt8](cursor.key), [UInt8](try cursor.loadValue())))
        found = try cursor.next()
      }
      return (cell, entries)
    }
  }
}
