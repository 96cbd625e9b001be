#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The fastest durable commit that this disk can do: 4 KiB into a pre-written file, then a sync.
enum Floor {
  static func microseconds(directory: String, commits: Int) throws -> Double {
    let path = directory + "/floor"
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw BenchError("cannot open \(path)") }
    defer {
      close(descriptor)
      unlink(path)
    }
    let block = [UInt8](repeating: 7, count: 4096)
    let blocks = 1024
    for place in 0..<blocks { _ = pwrite(descriptor, block, block.count, off_t(place * 4096)) }
    sync(descriptor)
    let clock = ContinuousClock()
    let times = (0..<commits).map { commit in
      clock.measure {
        _ = pwrite(descriptor, block, block.count, off_t(commit % blocks * 4096))
        sync(descriptor)
      }
    }
    return Latencies(times).p50
  }

  private static func sync(_ descriptor: Int32) {
    #if canImport(Darwin)
      _ = fcntl(descriptor, F_FULLFSYNC)
    #else
      _ = fdatasync(descriptor)
    #endif
  }
}

/// How long single operations took, in microseconds.
struct Latencies {
  private let sorted: [Double]

  init(_ times: [Duration]) {
    sorted = times.map { $0 / .microseconds(1) }.sorted()
  }

  var p50: Double { at(0.50) }
  var p99: Double { at(0.99) }

  private func at(_ part: Double) -> Double {
    sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
  }
}
