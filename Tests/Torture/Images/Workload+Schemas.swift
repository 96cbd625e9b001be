import CareFSTestSupport

extension Workload {
  /// Schemas that grow, and openings after crashes.
  static let schemas: [Workload] = [
    widening("widen-plain", .plain) { tx in
      for id in 0..<4 { try tx.insert(into: "items", Family.item(id)) }
    } after: { tx in
      try tx.update("items", key: [Family.int(1)], ["rank": Family.int(9)])
      try tx.insert(into: "parts", ["id": Family.int(1), "item": Family.int(2)])
    },
    widening("widen-clinic", .clinic) { tx in
      for id in 1...3 {
        try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id)))
        try tx.insert(into: "visits", visit(id, id))
      }
    } after: { tx in
      try tx.insert(into: "patients", Family.patient(8))
    },
    widening("widen-empty", .plain) { _ in
    } after: { tx in
      try tx.insert(into: "items", Family.item(5))
    },
    widening("widen-in-bulk", .plain) { tx in
      try tx.insert(contentsOf: (0..<60).map { Family.item($0, 200) }, into: "items")
    } after: { tx in
      try tx.delete(from: "items", key: [Family.int(3)])
    },
  ]

  private static func widening(
    _ name: String, _ family: Family,
    _ first: @escaping @Sendable (MirroredTransaction) throws -> Void,
    after: @escaping @Sendable (MirroredTransaction) throws -> Void
  ) -> Workload {
    Workload(
      name, family, tuning: { $0.bulkLogBytes = 8_000 }, first: first,
      { run in
        try run.close()
        if let wider = family.wider { try run.open(adding: wider) }
        try run.write(after)
        try run.close()
      })
  }

  /// What crashes leave is opened and used.
  static let recoveries: [Workload] = [
    recovery("recover", keeping: CrashSurvival(.everything)) { try $0.open() },
    recovery("recover-torn", keeping: CrashSurvival(.prefix(3))) { run in
      try run.open()
      try run.write { try $0.insert(into: "items", Family.item(30)) }
    },
    recovery("recover-and-close", keeping: CrashSurvival(.everything, .garbage)) { run in
      try run.open()
      try run.close()
    },
    recovery("recover-twice", keeping: CrashSurvival(.nothing)) { run in
      for round in 0..<3 {
        try run.open()
        try run.write { try $0.insert(into: "items", Family.item(30 + round)) }
        run.die()
      }
      try run.open()
      try run.checkpoint()
    },
  ]

  /// Work on what a power cut in the middle of a commit has left.
  private static func recovery(
    _ name: String, keeping survival: CrashSurvival,
    _ steps: @escaping @Sendable (CrashRun) throws -> Void
  ) -> Workload {
    Workload(
      name, .plain,
      from: { run in
        // On files of its own, since the past of these is to begin with the cut.
        let before = CrashRun(.plain, seed: 5)
        try before.create()
        try before.write { try $0.insert(into: "items", Family.item(1, 3_000)) }
        try before.checkpoint()
        try before.write { try $0.insert(into: "items", Family.item(2, 3_000)) }
        let cut = before.files.operationCount + 1
        try before.write { try $0.insert(into: "items", Family.item(3, 3_000)) }
        let items = before.files.unsyncedItems(after: cut)
        let image = before.files.crash(after: cut, keeping: survival.survival(of: items))
        let allowed = before.timeline.allowed(after: cut)
        let found = try ImageCheck.state(of: image.copy(), allowed)
        for path in image.paths { run.files.setContents(of: path, image.contents(of: path)) }
        run.expect(found, among: allowed, after: before)
      }, steps)
  }
}
