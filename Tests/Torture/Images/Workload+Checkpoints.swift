import CareFSTestSupport

extension Workload {
  private static func item(_ id: Int, _ length: Int = 12)
    -> @Sendable (MirroredTransaction) throws
    -> Void
  {
    { try $0.insert(into: "items", Family.item(id, length)) }
  }

  /// Checkpoints, the reuse of the log, and the page file's growth.
  static let checkpoints: [Workload] = [
    Workload("checkpoint", .plain) { run in
      try run.write(item(1))
      try run.checkpoint()
      try run.write(item(2))
    },
    Workload("checkpoint-twice", .clinic) { run in
      for round in 0..<2 {
        try run.write { try $0.insert(into: "patients", Family.patient(round)) }
        try run.checkpoint()
      }
      try run.checkpoint()
      try run.write { try $0.insert(into: "patients", Family.patient(7)) }
    },
    Workload("checkpoint-beside-reader", .plain, first: item(1)) { run in
      let before = run.model
      try run.requireDatabase().read { transaction in
        try run.write(item(2))
        try run.checkpoint()
        try run.write { try $0.delete(from: "items", key: [Family.int(1)]) }
        try run.checkpoint()
        if let difference = try before.difference(in: transaction) {
          throw MirrorDisagreement(description: "a snapshot changed: \(difference)")
        }
      }
      try run.write(item(3))
    },
    Workload("checkpoint-partial", .plain, first: item(1)) { run in
      try run.write(item(2))
      try run.prepare(item(3))
      try run.checkpoint()
      run.acknowledge()
      try run.prepare(item(4)).wait()
      run.acknowledge()
    },
    Workload(
      "checkpoint-automatic", .plain, tuning: { $0.checkpointLogBytes = 20 << 10 },
      { run in
        for id in 0..<6 { try run.write(item(id, 2_500)) }
      }),
    Workload("log-reuse", .plain, first: item(0)) { run in
      for round in 1..<7 {
        try run.write(item(round, 3_000))
        if round % 2 == 0 { try run.checkpoint() }
      }
    },
    Workload("log-over-segments", .plain) { run in
      try run.write { tx in
        for id in 0..<9 { try tx.insert(into: "items", Family.item(id, 3_500)) }
      }
      try run.write(item(10))
    },
    Workload(
      "bulk", .plain, tuning: { $0.bulkLogBytes = 2_000 },
      { run in
        try run.write(item(1))
        try run.write { tx in
          try tx.insert(contentsOf: (10..<60).map { Family.item($0, 400) }, into: "items")
        }
        try run.write(item(2))
      }),
    Workload(
      "bulk-one-by-one", .clinic, tuning: { $0.bulkLogBytes = 1_500 },
      { run in
        try run.write { tx in
          for id in 0..<12 {
            try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id, 900)))
          }
        }
        try run.write { try $0.delete(from: "patients", key: [Family.int(4)]) }
      }),
    Workload(
      "bulk-over-freed", .plain, tuning: { $0.bulkLogBytes = 1_500 },
      first: { try $0.insert(contentsOf: (0..<40).map { Family.item($0, 400) }, into: "items") },
      { run in
        try run.write { tx in
          for id in 10..<40 {
            try tx.update("items", key: [Family.int(id)], ["text": Family.text(id, 380)])
          }
        }
        let before = run.model
        try run.requireDatabase().read { transaction in
          try run.write { tx in
            for id in 8..<40 { try tx.delete(from: "items", key: [Family.int(id)]) }
          }
          try run.write { tx in
            try tx.insert(contentsOf: (100..<140).map { Family.item($0, 410) }, into: "items")
          }
          if let difference = try before.difference(in: transaction) {
            throw MirrorDisagreement(description: "a snapshot changed: \(difference)")
          }
        }
      }),
    Workload("growth", .plain) { run in
      for round in 0..<3 {
        try run.write { tx in
          try tx.insert(
            contentsOf: (0..<12).map { Family.item(round * 100 + $0, 900) }, into: "items")
        }
        try run.checkpoint()
      }
    },
    Workload(
      "shrinking", .plain,
      first: { try $0.insert(contentsOf: (0..<30).map { Family.item($0, 1_500) }, into: "items") },
      { run in
        try run.write { tx in
          for id in 4..<30 { try tx.delete(from: "items", key: [Family.int(id)]) }
        }
        try run.checkpoint()
        try run.checkpoint()
        try run.write(item(40))
        try run.close()
      }),
    Workload(
      "reuse-of-pages", .plain,
      first: { try $0.insert(contentsOf: (0..<8).map { Family.item($0, 3_000) }, into: "items") },
      { run in
        try run.write { try $0.delete(from: "items", key: [Family.int(2)]) }
        try run.write(item(50, 3_000))
        try run.checkpoint()
        try run.write { tx in
          try tx.delete(from: "items", key: [Family.int(5)])
          try tx.insert(into: "items", Family.item(51, 3_000))
        }
      }),
    Workload(
      "small-cache", .plain, tuning: { $0.cacheBytes = 32 * 4096 },
      { run in
        try run.write { tx in
          for id in 0..<60 { try tx.insert(into: "items", Family.item(id * 37 % 60, 2_500)) }
        }
        try run.write(item(70))
      }),
  ]
}
