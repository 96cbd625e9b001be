import CareFuzzTargets

/// The commands that need no fuzzer.
enum Fuzzer {
  static let usage = """
    usage: CareFuzz TARGET [libFuzzer's options and folders]   (built by scripts/fuzz.sh)
           CareFuzz list                        the targets, with their shares of the time
           CareFuzz seeds TARGET FOLDER         writes what the target begins with
           CareFuzz replay TARGET FILE ...      takes each file once
    """

  /// Runs a command, if the arguments name one.
  static func command(_ arguments: [String]) throws -> Bool {
    switch (arguments.first, arguments.count) {
    case ("list", 1):
      for target in FuzzTarget.all { print(target.name, target.share, target.maximumLength) }
    case ("seeds", 3):
      let count = try SeedFolder.write(try target(arguments[1]), to: arguments[2])
      print(count)
    case ("replay", 3...):
      let target = try target(arguments[1])
      for path in arguments[2...] {
        try target.run(try SeedFolder.read(path))
        print("\(path): passed")
      }
    default: return false
    }
    return true
  }

  static func target(_ name: String) throws -> FuzzTarget {
    guard let target = FuzzTarget.named(name) else {
      throw UsageError(description: "there is no target \(name)\n\(usage)")
    }
    return target
  }

  struct UsageError: Error, CustomStringConvertible {
    let description: String
  }
}
