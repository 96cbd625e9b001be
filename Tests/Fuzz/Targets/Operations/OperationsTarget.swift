extension FuzzTarget {
  /// What is done to a database, four bytes a step, beside the model: statements, transactions, ends
  /// of processes, power cuts and calls that fail.
  static let operations = FuzzTarget(
    "operations", share: 30, maximumLength: 512, shape: .text(words: []),
    seeds: { operationSeeds },
    { input in
      let run = try OperationRun()
      try run.run(Operation.all(input))
    })

  /// Each step of a kind, then streams in which some kinds are left out.
  private static let operationSeeds: [[UInt8]] = (0..<48).map { seed in
    var values = SeedValues(UInt64(seed))
    let left = Operation.Kind.allCases.filter { _ in seed % 6 == 0 || values.random.below(3) > 0 }
    var bytes: [UInt8] = []
    for _ in 0..<8 + seed {
      let kind = left.isEmpty ? 0 : Int(left[values.random.below(left.count)].rawValue)
      bytes.append(UInt8(kind))
      for _ in 0..<3 { bytes.append(UInt8(truncatingIfNeeded: values.random.next())) }
    }
    return bytes
  }
}

/// One step.
struct Operation {
  enum Kind: UInt8, CaseIterable {
    case insertPatient, insertVisit, insertNode, updatePatient, updateNode, upsertPatient
    case deletePatient, deleteNode, savepoint, undo, commit, checkpoint, reopen, cut, fault, compact
    case compare
  }

  var kind: Kind
  var a: Int
  var b: Int
  var c: Int

  /// Whether it is part of a transaction.
  var isStatement: Bool { kind.rawValue <= Kind.undo.rawValue }

  /// The steps of an input; of the last one all bytes must be there.
  static func all(_ input: UnsafeRawBufferPointer) -> [Operation] {
    stride(from: 0, to: input.count - 3, by: 4).compactMap { place in
      let number = input[place] % UInt8(Kind.allCases.count)
      guard let kind = Kind(rawValue: number) else { return nil }
      return Operation(
        kind: kind, a: Int(input[place + 1]), b: Int(input[place + 2]), c: Int(input[place + 3]))
    }
  }
}
