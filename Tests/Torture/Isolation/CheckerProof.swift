/// Histories whose anomalies are known: a checker that misses one proves nothing.
enum CheckerProof {
  private static let known: [(name: String, text: String, anomalies: Set<Anomaly>)] = [
    ("a serial history", "a1 1;a2 1 | r1 1;a1 2 | r1 1,2;r2 1", []),
    ("writes in opposite orders", "a1 1;a2 1 | a1 2;a2 2 | r1 1,2 | r2 2,1", [.g0]),
    ("a read of what was rolled back", "! a1 1 | r1 1", [.g1a]),
    ("a read of what was written over", "a1 1;a1 2 | r1 1 | r1 1,2", [.g1b, .gSingle]),
    ("two that read each other", "a1 1;r2 2 | a2 2;r1 1", [.g1c]),
    ("a read that lacks half of a write", "a1 1;a2 1 | r1 1;r2", [.gSingle]),
    ("a lost update", "a1 1 | r1 1;a1 2 | r1 1;a1 3 | r1 1,2,3", [.gSingle]),
    ("write skew", "r1;a2 1 | r2;a1 2 | r1 2;r2 1", [.g2]),
    ("two readers that disagree on the order", "a1 1 | a2 1 | r1 1;r2 | r1;r2 1", [.g2]),
    ("two orders of one list", "a1 1 | a1 2 | r1 1,2 | r1 2", [.order]),
    ("a value from nowhere", "a1 1 | r1 1,7", [.foreign]),
    ("a value twice", "a1 1 | r1 1,1", [.foreign, .order]),
    ("an append that its transaction does not see", "a1 1;r1 | r1 1", [.own]),
    // The example of the paper on Elle (Kingsbury and Alvaro, 2020), its figure of T1, T2 and T3.
    (
      "the example of Elle's paper",
      "a253 1,3,4;a255 2,3,4,5;a256 1,2 | a255 8;r253 1,3,4 "
        + "| a256 4;r255 2,3,4,5,8;r256 1,2,4;r253 1,3,4 "
        + "| a250 10;r253 1,3,4;r255 2,3,4,5;a256 3",
      [.gSingle]
    ),
    // Elle's example of a history that snapshot isolation forbids without a single-read cycle.
    (
      "Elle's example without a single-read cycle",
      "a9 2 | a8 1;r9 | r6;r8;a9 5 | a6 2;r9 2", [.g2]
    ),
  ]

  /// What the checker missed or made up; empty when it works.
  static func failures() -> [String] {
    known.compactMap { name, text, anomalies in
      let found = HistoryChecker(History(text)).anomalies
      guard found != anomalies else { return nil }
      return "\(name): found \(found.map(\.rawValue)), not \(anomalies.map(\.rawValue))"
    }
  }
}
