import PageStore

/// How documents of a column come to share a dictionary.
extension DocumentStore {
  /// The dictionary for a document that is about to be stored; nil while there is none.
  ///
  /// The document becomes a sample; when there are enough, a dictionary is made first.
  func currentDictionary(
    _ column: UInt32, seeing document: UnsafeRawBufferPointer
  ) throws -> DocumentDictionary? {
    var state = try columns[column] ?? openColumn(column)
    if state.checkedAt != transaction.structureCount {
      // A savepoint may have been undone, and a dictionary with it.
      let id = try readColumn(column).dictionary
      if id != state.dictionary?.id ?? 0 {
        state.dictionary = id == 0 ? nil : try dictionary(id)
      }
    }
    state.sampler.add(document)
    if state.sampler.isDue { try train(column, &state) }
    state.checkedAt = transaction.structureCount
    columns[column] = state
    return state.dictionary
  }

  private func openColumn(_ column: UInt32) throws -> Column {
    let record = try readColumn(column)
    let make = { ColumnSampler(trainedAt: record.trainedAt) }
    return Column(
      sampler: shared?.sampler(tree: tree.id, column: column, make) ?? make(),
      dictionary: record.dictionary == 0 ? nil : try dictionary(record.dictionary),
      checkedAt: transaction.structureCount)
  }

  private struct ColumnRecord {
    var dictionary: UInt32 = 0
    var trainedAt: UInt64 = 0
  }

  private func readColumn(_ column: UInt32) throws -> ColumnRecord {
    let key = DocumentFormat.columnKey(column)
    transaction.enter()
    defer { transaction.leave() }
    return try key.withUnsafeBytes { key in
      guard let value = try tree.find(key, in: transaction) else { return ColumnRecord() }
      guard value.count == 12 else {
        throw DocumentFormat.corrupt("the entry of a column's dictionary is damaged")
      }
      return ColumnRecord(
        dictionary: UInt32(littleEndian: value.loadUnaligned(as: UInt32.self)),
        trainedAt: UInt64(littleEndian: value.loadUnaligned(fromByteOffset: 4, as: UInt64.self)))
    }
  }

  /// Makes a dictionary of the samples, and uses it if new documents become smaller by it.
  private func train(_ column: UInt32, _ state: inout Column) throws {
    let samples = state.sampler.samples
    // A quarter of the samples tells whether the dictionary helps documents that are not in it.
    let held = samples.count / 4
    var trainer = DictionaryTrainer(samples: Array(samples[held...]))
    let words = trainer.train(limit: state.sampler.dictionaryLimit)
    state.sampler.didTrain()
    let made = words.withUnsafeBytes { DocumentDictionary(id: 0, $0) }
    let tests = samples[..<held]
    let before = compressedLength(tests, state.dictionary)
    if !words.isEmpty, compressedLength(tests, made) < before - before / 20 {
      let dictionary = try insertDictionary(words)
      state.dictionary = dictionary
      remember(dictionary)
    }
    try writeColumn(
      column,
      ColumnRecord(dictionary: state.dictionary?.id ?? 0, trainedAt: state.sampler.seen))
  }

  private func compressedLength(
    _ samples: ArraySlice<[UInt8]>, _ dictionary: DocumentDictionary?
  ) -> Int {
    let target = ByteBuffer(capacity: ColumnSampler.sampleLength * 2)
    let base = target.extend(ColumnSampler.sampleLength * 2)
    return samples.reduce(0) { total, sample in
      let length = sample.withUnsafeBytes {
        codec.compress($0, into: base, limit: sample.count, dictionary: dictionary)
      }
      return total + (length ?? sample.count)
    }
  }

  /// Puts a dictionary into the tree under an id that its contents give.
  private func insertDictionary(_ words: [UInt8]) throws -> DocumentDictionary {
    let hash = words.withUnsafeBytes { XXH64.hash($0) }
    var id = UInt32(truncatingIfNeeded: hash)
    let record = ByteBuffer(capacity: words.count + 16)
    while true {
      if id == 0 { id = 1 }
      let dictionary = words.withUnsafeBytes { DocumentDictionary(id: id, $0) }
      record.clear()
      dictionary.write(to: record, codec)
      let key = DocumentFormat.dictionaryKey(id)
      let isNew = try key.withUnsafeBytes { try editor.insert($0, record.bytes) }
      if isNew || (try? self.dictionary(id).bytes.elementsEqual(words)) == true {
        return dictionary
      }
      id &+= 1
    }
  }

  private func writeColumn(_ column: UInt32, _ record: ColumnRecord) throws {
    let value = ByteBuffer(capacity: 16)
    value.appendLittle(record.dictionary)
    value.appendLittle(record.trainedAt)
    try DocumentFormat.columnKey(column).withUnsafeBytes {
      _ = try editor.insert($0, value.bytes, ifPresent: .replace)
    }
  }
}
