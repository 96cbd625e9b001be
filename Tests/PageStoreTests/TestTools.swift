#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Says what a class of faults met. Each line counts real injections: none is a failure.
func printFaults(_ name: String, injected: Int, failed: Int) {
  print("faults: class=\(name) injected=\(injected) survived=\(injected - failed)")
}

/// How much longer than usual tests that repeat themselves run: `CAREFS_ROUNDS`, 1 by default.
func testRounds() -> Int {
  guard let text = getenv("CAREFS_ROUNDS") else { return 1 }
  return max(1, Int(String(cString: text)) ?? 1)
}

/// Whether two stretches of memory are equal.
func sameBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
  guard a.count == b.count, let left = a.baseAddress, let right = b.baseAddress else {
    return a.count == b.count
  }
  return memcmp(left, right, a.count) == 0
}

/// Lets others run for a moment.
func pause() { usleep(500) }

/// What `mkdtemp` and `mkstemp` make a name of, in the folder for temporary files.
func temporaryTemplate(_ name: String) -> [CChar] {
  let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  return Array("\(folder)/\(name)-XXXXXX".utf8CString)
}
