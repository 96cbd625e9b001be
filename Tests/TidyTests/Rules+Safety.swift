/// Calls that would end the process, or go round the one place that may make them.
enum SafetyRules {
  static let all = [traps, forcedUnwraps, foundation, systemCalls, buildFlags, printing]

  private static let engine = Scope.swift(
    under: "Sources/PageStore", "Sources/BTree", "Sources/CareFS")

  static let traps = Rule.code("no traps", in: .sources) { line in
    if line.contains("try!") { return "try! ends the process: use try and throw" }
    if line.contains("as!") && Words.identifiers(in: line).contains(where: isForcedCast) {
      return "as! ends the process: use as? and throw"
    }
    for (word, _, after) in Words.identifiers(in: line)
    where ["fatalError", "preconditionFailure"].contains(word) && after == UInt8(ascii: "(") {
      return "\(word) ends the process: throw an error"
    }
    return nil
  }

  private static func isForcedCast(_ found: (word: String, before: UInt8, after: UInt8)) -> Bool {
    found.word == "as" && found.after == UInt8(ascii: "!")
  }

  static let forcedUnwraps = Rule.code("no forced unwraps", in: .sources) { line in
    Words.hasForcedUnwrap(line) ? "a forced unwrap ends the process: use guard let" : nil
  }

  /// The engine needs Foundation for `UUID` alone; where it is small, the small part of it.
  static let foundation = Rule(
    name: "Foundation only for UUID",
    scope: Scope { Scope.sources.covers($0) && !$0.isUnder("Sources/carefs") }
  ) { file in
    let hasEssentials = file.code.contains {
      $0.contains("#if canImport(FoundationEssentials)")
    }
    return file.code.enumerated().compactMap { index, line in
      let words = Words.identifiers(in: line).map(\.word)
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
      let module = words[place + 1]
      guard module == "Foundation" || module == "FoundationEssentials" else { return nil }
      if file.isUnder("Sources/CareFSTestSupport") { return nil }
      if file.isUnder("Sources/CareFS", "Sources/CareModel"), hasEssentials { return nil }
      return (
        index + 1, "no \(module) here: plain Swift, or FoundationEssentials in CareFS for UUID"
      )
    }
  }

  private static let banned: Set<String> = [
    "open", "openat", "creat", "fopen", "pread", "pwrite", "fsync", "fdatasync", "ftruncate",
    "rename", "renameat", "unlink", "unlinkat", "mmap", "flock", "fcntl", "fchmod",
  ]

  /// One file of PageStore talks to the operating system; everything else goes through the seam.
  static let systemCalls = Rule(
    name: "system calls in one file",
    scope: Scope { engine.covers($0) && !isSystemFile($0.path) }
  ) { file in
    let own = Set(banned.filter { name in file.code.contains { $0.contains("func \(name)(") } })
    return file.code.enumerated().compactMap { index, line in
      let found = Words.identifiers(in: line)
      if line.contains("Data(contentsOf") {
        return (index + 1, "files are read through FileSystem")
      }
      for (place, item) in found.enumerated() {
        if item.word == "FileManager" { return (index + 1, "FileManager: use FileSystem") }
        let qualifier = place > 0 ? found[place - 1].word : ""
        let isSystem = ["Glibc", "Darwin", "Musl"].contains(qualifier)
        let isPlain = item.before != UInt8(ascii: ".") && !own.contains(item.word)
        if banned.contains(item.word), item.after == UInt8(ascii: "("), isPlain || isSystem {
          return (index + 1, "\(item.word)(): use FileSystem")
        }
      }
      return nil
    }
  }

  static func isSystemFile(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.starts(with: ["Sources", "PageStore"])
      && (parts.last?.lowercased().hasPrefix("posix") ?? false)
  }

  static let buildFlags = Rule.text(
    "no unsafe build flags", in: Scope { $0.path.hasSuffix("Package.swift") }
  ) { line in
    let flags = ["-Ounchecked", "unsafeFlags", "-enforce-exclusivity=unchecked"]
    return flags.first { line.contains($0) }.map {
      "\($0) hides reads out of bounds, and a dependency may not use it"
    }
  }

  static let printing = Rule.code("the engine does not print", in: engine) { line in
    for (word, before, after) in Words.identifiers(in: line)
    where ["print", "debugPrint", "dump"].contains(word) && after == UInt8(ascii: "(") {
      if before == UInt8(ascii: ".") { continue }
      if line.contains("func \(word)(") { continue }
      return "\(word)(): record contents must not reach a terminal or a log"
    }
    return nil
  }
}
