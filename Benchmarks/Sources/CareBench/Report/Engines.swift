/// The engines as the report names them.
enum Engines {
  /// The one that the others are compared with.
  static let ours = "carefs"
  static let peers = ["sqlite", "grdb", "lmdb", "rocksdb"]
  /// The disk without any engine.
  static let bare = "raw"

  static func title(_ engine: String) -> String {
    switch engine {
    case "carefs": "CareFS"
    case "sqlite": "SQLite"
    case "grdb": "GRDB"
    case "lmdb": "LMDB"
    case "rocksdb": "RocksDB"
    case "raw": "write and sync"
    default: engine
    }
  }

  /// The colour of an engine's dots and lines.
  static func color(_ engine: String) -> String {
    switch engine {
    case "carefs": "#c2255c"
    case "sqlite": "#1971c2"
    case "grdb": "#0ca678"
    case "lmdb": "#f08c00"
    case "rocksdb": "#7048e8"
    default: "#868e96"
    }
  }
}
