#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The fastest durable commit that this disk can do: 4 KiB into a pre-written file, then a sync.
final class Floor {
  private let path: String
  private let descriptor: Int32
  private let block = [UInt8](repeating: 7, count: 4096)
  private let blocks = 1024
  private var next = 0

  init(directory: String) throws {
    path = directory + "/floor"
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw BenchError("cannot open \(path)") }
    for place in 0..<blocks {
      try write(place)
    }
    try sync()
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  func commit() throws {
    try write(next)
    next = (next + 1) % blocks
    try sync()
  }

  private func write(_ place: Int) throws {
    let written = pwrite(descriptor, block, block.count, off_t(place * block.count))
    guard written == block.count else { throw BenchError("cannot write \(path): error \(errno)") }
  }

  private func sync() throws {
    #if canImport(Darwin)
      let result = fcntl(descriptor, F_FULLFSYNC)
    #else
      let result = fdatasync(descriptor)
    #endif
    guard result != -1 else { throw BenchError("cannot sync \(path): error \(errno)") }
  }
}

/// How long single operations took, in microseconds.
struct Latencies {
  let sorted: [Double]

  init(_ times: [Duration]) {
    sorted = times.map { $0 / .microseconds(1) }.sorted()
  }

  /// What the latency chart shows.
  static let parts: [(label: String, part: Double)] = [
    ("min", 0.0), ("10 %", 0.1), ("25 %", 0.25), ("50 %", 0.5), ("75 %", 0.75),
    ("90 %", 0.9), ("95 %", 0.95), ("99 %", 0.99), ("99.5 %", 0.995), ("99.9 %", 0.999),
  ]

  init(microseconds times: [Double]) { sorted = times.sorted() }

  /// What each of the parts did not exceed.
  var curve: [Double] { Latencies.parts.map { at($0.part) } }

  var p50: Double { at(0.50) }
  var p99: Double { at(0.99) }
  var p999: Double { at(0.999) }

  private func at(_ part: Double) -> Double {
    sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
  }
}
