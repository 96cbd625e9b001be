import CareFS

extension MixRecord: Record {
  typealias Key = String

  static let schema = Schema<MixRecord>(
    "usertable", .key(\.key, "key"), .column(\.field0, "field0"), .column(\.field1, "field1"),
    .column(\.field2, "field2"), .column(\.field3, "field3"), .column(\.field4, "field4"),
    .column(\.field5, "field5"), .column(\.field6, "field6"), .column(\.field7, "field7"),
    .column(\.field8, "field8"), .column(\.field9, "field9"))

  init(row: RecordRow) throws {
    key = try row.get(0)
    field0 = try row.get(1)
    field1 = try row.get(2)
    field2 = try row.get(3)
    field3 = try row.get(4)
    field4 = try row.get(5)
    field5 = try row.get(6)
    field6 = try row.get(7)
    field7 = try row.get(8)
    field8 = try row.get(9)
    field9 = try row.get(10)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, key)
    try row.set(1, field0)
    try row.set(2, field1)
    try row.set(3, field2)
    try row.set(4, field3)
    try row.set(5, field4)
    try row.set(6, field5)
    try row.set(7, field6)
    try row.set(8, field7)
    try row.set(9, field8)
    try row.set(10, field9)
  }
}

/// CareFS under YCSB.
final class CareFSMix: MixEngine, OnCareFS {
  let store: CareFSStore
  private let paths = MixRecord.paths

  init(directory: String, cacheBytes: Int) throws {
    store = try CareFSStore(directory + "/mix.carefs", [MixRecord.self], cacheBytes: cacheBytes)
  }

  func insert(_ records: [MixRecord]) throws {
    try database().write { transaction in
      if records.count == 1 {
        try transaction.insert(records[0])
      } else {
        try transaction.insert(contentsOf: records)
      }
    }
  }

  func read(_ key: String) throws -> Int {
    try database().read { try $0.get(MixRecord.self, key)?.length ?? 0 }
  }

  func update(_ key: String, field: Int, _ text: String) throws {
    try database().write { transaction in
      try transaction.update(MixRecord.self, key) { $0[keyPath: paths[field]] = text }
    }
  }

  func scan(_ key: String, count: Int) throws -> Int {
    var length = 0
    try database().read { transaction in
      try transaction.forEach(MixRecord.self, from: key, limit: count) {
        length += try MixRecord(row: $0).length
      }
    }
    return length
  }

  func modify(_ key: String, field: Int, _ text: String) throws -> Int {
    var length = 0
    try database().write { transaction in
      try transaction.update(MixRecord.self, key) { record in
        length = record.length
        record[keyPath: paths[field]] = text
      }
    }
    return length
  }
}
