#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What one input may take: a second of processor time, and 64 MiB and four times its size of memory
/// beyond what was in use before.
struct Limits {
  private static let seconds = 1.0
  private static let bytes = 64 << 20

  private let began: Double
  private let used: Int
  private static let clear = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
  private static let statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)

  /// Notes what is in use.
  init() {
    began = Self.processorSeconds()
    used = Self.memoryInUse()
    // From here on the highest use counts anew, where the system can do that.
    if Self.clear >= 0 { _ = write(Self.clear, "5", 1) }
  }

  /// What was exceeded since then, by an input of `size` bytes.
  func exceeded(by size: Int) -> String? {
    let seconds = Self.processorSeconds() - began
    if seconds > Self.seconds { return "it took \(seconds) s" }
    let taken = Self.mostMemory() - used
    if used > 0, taken > Self.bytes + 4 * size { return "it took \(taken >> 20) MiB" }
    return nil
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func mostMemory() -> Int {
    var usage = rusage()
    // 0 is this process; its name has another type on each system.
    getrusage(0, &usage)
    return Int(usage.ru_maxrss) * 1024
  }

  /// 0 where the system does not tell.
  private static func memoryInUse() -> Int {
    guard statm >= 0, clear >= 0 else { return 0 }
    return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
      let count = pread(statm, buffer.baseAddress, buffer.count, 0)
      guard count > 0 else { return 0 }
      let fields = buffer[..<count].split(separator: UInt8(ascii: " "))
      guard fields.count > 1 else { return 0 }
      return fields[1].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } * Int(getpagesize())
    }
  }
}
