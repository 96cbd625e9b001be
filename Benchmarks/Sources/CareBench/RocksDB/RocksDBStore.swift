import CRocksDB
import Foundation

/// Where a RocksDB call leaves its message.
typealias RocksDBMessage = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Throws the message that a RocksDB call left, if it left one.
@inline(__always) func rocks<R>(_ body: (RocksDBMessage) -> R) throws -> R {
  var message: UnsafeMutablePointer<CChar>?
  let result = body(&message)
  if let message {
    defer { rocksdb_free(message) }
    throw BenchError("rocksdb: \(String(cString: message))")
  }
  return result
}

extension UnsafeRawBufferPointer {
  @inline(__always) var characters: UnsafePointer<CChar>? {
    baseAddress?.assumingMemoryBound(to: CChar.self)
  }
}

/// A RocksDB database with the options that its wiki recommends ("Setup Options and Basic Tuning").
final class RocksDBStore {
  /// `BottommostLevelCompaction::kForce`, which the C interface takes by its number.
  private static let force: UInt8 = 2

  let handle: OpaquePointer
  let readOptions: OpaquePointer
  /// Waits for the disk at each commit.
  let durable: OpaquePointer
  private let options: OpaquePointer
  private let cache: OpaquePointer
  private let tableOptions: OpaquePointer

  init(path: String, cacheBytes: Int) throws {
    cache = rocksdb_cache_create_lru(cacheBytes)
    tableOptions = rocksdb_block_based_options_create()
    rocksdb_block_based_options_set_block_cache(tableOptions, cache)
    rocksdb_block_based_options_set_block_size(tableOptions, 16 << 10)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(tableOptions, 1)
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(tableOptions, 1)
    rocksdb_block_based_options_set_format_version(tableOptions, 5)
    rocksdb_block_based_options_set_filter_policy(
      tableOptions, rocksdb_filterpolicy_create_bloom_full(10))
    options = rocksdb_options_create()
    rocksdb_options_set_create_if_missing(options, 1)
    rocksdb_options_set_block_based_table_factory(options, tableOptions)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
    rocksdb_options_set_max_background_jobs(options, 6)
    rocksdb_options_set_bytes_per_sync(options, 1 << 20)
    rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
    rocksdb_options_set_bottommost_compression(options, Int32(rocksdb_zstd_compression))
    readOptions = rocksdb_readoptions_create()
    durable = rocksdb_writeoptions_create()
    rocksdb_writeoptions_set_sync(durable, 1)
    let options = options
    guard let made = try rocks({ rocksdb_open(options, path, $0) }) else {
      throw BenchError("rocksdb cannot open \(path)")
    }
    handle = made
  }

  deinit {
    rocksdb_close(handle)
    rocksdb_writeoptions_destroy(durable)
    rocksdb_readoptions_destroy(readOptions)
    rocksdb_options_destroy(options)
    rocksdb_block_based_options_destroy(tableOptions)
    rocksdb_cache_destroy(cache)
  }

  /// Lets the log grow: it ends with the table in memory whose changes it has.
  func keepLog() throws {
    try "write_buffer_size".withCString { name in
      try "1073741824".withCString { bytes in
        var names: [UnsafePointer<CChar>?] = [name]
        var values: [UnsafePointer<CChar>?] = [bytes]
        try rocks { rocksdb_set_options(handle, 1, &names, &values, $0) }
      }
    }
  }

  /// Calls with the value of a key, which is not copied; nil when there is none.
  @inline(__always)
  func get<R>(
    _ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R? {
    let slice = try rocks {
      rocksdb_get_pinned(handle, readOptions, key.characters, key.count, $0)
    }
    guard let slice else { return nil }
    defer { rocksdb_pinnableslice_destroy(slice) }
    var count = 0
    let start = rocksdb_pinnableslice_value(slice, &count)
    return try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Writes the tables that are in memory to disk, and waits for the merging of files to end.
  func settle() throws {
    let flush = rocksdb_flushoptions_create()
    defer { rocksdb_flushoptions_destroy(flush) }
    rocksdb_flushoptions_set_wait(flush, 1)
    try rocks { rocksdb_flush(handle, flush, $0) }
    while number("rocksdb.num-running-compactions") > 0
      || number("rocksdb.compaction-pending") > 0 || number("rocksdb.num-running-flushes") > 0
    {
      Thread.sleep(forTimeInterval: 0.005)
    }
  }

  /// Rewrites all files, the lowest level too, as the other engines rewrite theirs.
  func compact() throws {
    try settle()
    let options = rocksdb_compactoptions_create()
    defer { rocksdb_compactoptions_destroy(options) }
    rocksdb_compactoptions_set_exclusive_manual_compaction(options, 1)
    rocksdb_compactoptions_set_bottommost_level_compaction(options, Self.force)
    rocksdb_compact_range_opt(handle, options, nil, 0, nil, 0)
    try settle()
  }

  private func number(_ property: String) -> UInt64 {
    var value: UInt64 = 0
    return rocksdb_property_int(handle, property, &value) == 0 ? value : 0
  }
}
