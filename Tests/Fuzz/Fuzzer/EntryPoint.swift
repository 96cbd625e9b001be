#if FUZZING
  import CLibFuzzer
  import CareFuzzTargets
  import Foundation

  /// The target that the process runs; libFuzzer starts processes of its own with the same
  /// environment.
  private nonisolated(unsafe) var chosen: FuzzTarget?
  private nonisolated(unsafe) var mutator: InputMutator?

  /// A program that was built with optimisation begins in libFuzzer; this is where any other begins.
  @_cdecl("CareFuzz_main")
  public func careFuzzMain(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Int32 {
    var count = count
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
    return LLVMFuzzerRunDriver(&count, &arguments, takeInput)
  }

  /// Called by libFuzzer before it reads its options: the target's name is taken from them.
  @_cdecl("LLVMFuzzerInitialize")
  public func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
  ) -> Int32 {
    var words = (0..<Int(count.pointee)).compactMap { place in
      arguments.pointee[place].map { String(cString: $0) }
    }
    do {
      if try Fuzzer.command(Array(words.dropFirst())) { exit(0) }
      try choose(&words)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
    // They live as long as the process.
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: words.count + 1)
    for (place, word) in words.enumerated() { list[place] = strdup(word) }
    list[words.count] = nil
    arguments.pointee = list
    count.pointee = Int32(words.count)
    return 0
  }

  private func choose(_ words: inout [String]) throws {
    let target: FuzzTarget
    if let name = ProcessInfo.processInfo.environment["CAREFUZZ_TARGET"] {
      target = try Fuzzer.target(name)
    } else if words.count > 1 {
      target = try Fuzzer.target(words.remove(at: 1))
      setenv("CAREFUZZ_TARGET", target.name, 1)
    } else {
      throw Fuzzer.UsageError(description: Fuzzer.usage)
    }
    chosen = target
    mutator = InputMutator(target) { bytes, count, limit in
      LLVMFuzzerMutate(bytes.assumingMemoryBound(to: UInt8.self), count, limit)
    }
    if !words.contains(where: { $0.hasPrefix("-max_len=") }) {
      words.append("-max_len=\(target.maximumLength)")
    }
  }

  /// Called by libFuzzer for each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func takeInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let chosen else { return -1 }
    let limits = Limits()
    do { try chosen.run(UnsafeRawBufferPointer(start: bytes, count: count)) } catch {
      report("\(chosen.name): \(error)")
    }
    if let what = limits.exceeded(by: count) { report("\(chosen.name): \(what)") }
    return 0
  }

  /// Ends the process, so that libFuzzer keeps the input.
  private func report(_ finding: String) -> Never {
    FileHandle.standardError.write(Data("FINDING: \(finding)\n".utf8))
    abort()
  }

  /// Called by libFuzzer to make a new input.
  @_cdecl("LLVMFuzzerCustomMutator")
  public func mutateInput(
    _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32
  ) -> Int {
    guard let mutator else { return count }
    return mutator.mutate(
      UnsafeMutableRawBufferPointer(start: bytes, count: limit), count: count, seed: seed)
  }
#else
  import CareFuzzTargets
  import Foundation

  /// Without libFuzzer the program takes inputs from files only.
  @main
  struct CareFuzz {
    static func main() {
      do {
        guard try Fuzzer.command(Array(CommandLine.arguments.dropFirst())) else {
          throw Fuzzer.UsageError(description: Fuzzer.usage)
        }
      } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
      }
    }
  }
#endif
