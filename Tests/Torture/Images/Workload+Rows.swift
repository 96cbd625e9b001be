import CareFS
import CareFSTestSupport

extension Workload {
  /// Creation, opening, closing and rewriting.
  static let lifecycle: [Workload] = [
    Workload("create", .plain, from: { _ in }, { try $0.create() }),
    Workload("create-clinic", .clinic, from: { _ in }, { try $0.create() }),
    Workload(
      "create-close", .plain, from: { _ in },
      { run in
        try run.create()
        try run.close()
      }),
    Workload(
      "first-commit", .plain, from: { _ in },
      { run in
        try run.create()
        try run.write { try $0.insert(into: "items", Family.item(1)) }
      }),
    Workload(
      "close", .plain, first: { try $0.insert(into: "items", Family.item(1)) },
      { run in
        try run.write { try $0.insert(into: "items", Family.item(2)) }
        try run.close()
      }),
    Workload(
      "close-clean", .plain, first: { try $0.insert(into: "items", Family.item(1)) },
      {
        try $0.reopen()
        try $0.reopen()
        try $0.close()
      }),
    Workload(
      "reopen", .clinic, first: { try $0.insert(into: "patients", Family.patient(1)) },
      {
        run in
        for round in 2..<5 {
          try run.reopen()
          try run.write { try $0.insert(into: "patients", Family.patient(round)) }
        }
        try run.close()
      }),
    Workload(
      "compact", .plain,
      first: { tx in for id in 0..<30 { try tx.insert(into: "items", Family.item(id, 300)) } },
      { run in
        try run.write { tx in
          for id in 0..<25 { try tx.delete(from: "items", key: [Family.int(id)]) }
        }
        try run.close()
        try run.compact()
        try run.open()
        try run.write { try $0.insert(into: "items", Family.item(1)) }
        try run.close()
      }),
    Workload(
      "compact-clinic", .clinic,
      first: { tx in
        for id in 0..<6 {
          try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id, 3_000)))
        }
      },
      { run in
        try run.write { try $0.delete(from: "patients", key: [Family.int(2)]) }
        try run.close()
        try run.compact()
        try run.compact()
        try run.open()
        try run.write { try $0.insert(into: "visits", visit(1, 1)) }
        try run.close()
      }),
    Workload(
      "compact-online", .plain,
      first: { tx in for id in 0..<60 { try tx.insert(into: "items", Family.item(id, 300)) } },
      { run in
        try run.write { tx in
          for id in 5..<55 { try tx.delete(from: "items", key: [Family.int(id)]) }
        }
        try run.compactOnline()
        try run.write { try $0.insert(into: "items", Family.item(7)) }
        try run.close()
      }),
    Workload(
      "compact-online-clinic", .clinic,
      first: { tx in
        for id in 0..<9 {
          try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id, 3_000)))
        }
      },
      { run in
        try run.write { tx in
          for id in 2..<7 { try tx.delete(from: "patients", key: [Family.int(id)]) }
        }
        try run.compactOnline()
        try run.checkpoint()
        try run.write { try $0.insert(into: "visits", visit(1, 1)) }
        try run.compactOnline()
        try run.reopen()
      }),
    Workload(
      "compact-into", .clinic,
      first: { tx in
        for id in 0..<6 {
          try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id, 3_000)))
        }
      },
      { run in
        try run.write { try $0.delete(from: "patients", key: [Family.int(2)]) }
        try run.compactIntoCopy()
        try run.write { try $0.insert(into: "visits", visit(1, 1)) }
        try run.close()
      }),
    Workload(
      "compact-after-crash", .plain,
      first: { tx in for id in 0..<9 { try tx.insert(into: "items", Family.item(id, 300)) } },
      { run in
        try run.write { try $0.delete(from: "items", key: [Family.int(2)]) }
        run.die()
        try run.compact()
        try run.open()
      }),
  ]

  static func visit(_ patient: Int, _ day: Int) -> [String: Value] {
    ["patient_id": Family.int(patient), "day": Family.int(day)]
  }

  /// Statements on single rows and batches.
  static let rows: [Workload] = [
    Workload("commits", .plain) { run in
      for id in 1...4 { try run.write { try $0.insert(into: "items", Family.item(id)) } }
    },
    Workload("insert-update-delete", .plain) { run in
      try run.write { try $0.insert(into: "items", Family.item(1)) }
      try run.write { try $0.update("items", key: [Family.int(1)], ["text": .text("new")]) }
      try run.write { try $0.delete(from: "items", key: [Family.int(1)]) }
      try run.write { try $0.insert(into: "items", Family.item(1)) }
    },
    Workload(
      "growing-row", .plain, first: { try $0.insert(into: "items", Family.item(1)) },
      {
        run in
        for length in [100, 900, 3_000, 9_000, 10] {
          try run.write {
            try $0.update("items", key: [Family.int(1)], ["text": Family.text(1, length)])
          }
        }
      }),
    Workload(
      "delete-all", .clinic,
      first: { tx in for id in 1...5 { try tx.insert(into: "patients", Family.patient(id)) } },
      { run in
        try run.write { tx in
          for id in 1...5 { try tx.delete(from: "patients", key: [Family.int(id)]) }
        }
        try run.write { try $0.insert(into: "patients", Family.patient(6)) }
      }),
    Workload(
      "rollback", .plain, first: { try $0.insert(into: "items", Family.item(1)) },
      { run in
        try run.rollBack { try $0.insert(into: "items", Family.item(2)) }
        try run.write { try $0.insert(into: "items", Family.item(3)) }
        try run.rollBack { try $0.delete(from: "items", key: [Family.int(1)]) }
        try run.checkpoint()
        try run.write { try $0.insert(into: "items", Family.item(4)) }
      }),
    Workload(
      "unique-violation", .clinic,
      first: { try $0.insert(into: "patients", Family.patient(1, notes: Family.note(1))) },
      { run in
        try run.write { tx in
          try tx.insert(into: "patients", Family.patient(2))
          try tx.isRefused {
            try tx.insert(into: "patients", Family.patient(1, notes: Family.note(2, 3_000)))
          }
          try tx.isRefused {
            try tx.update("patients", key: [Family.int(1)], ["mrn": .text("A2")])
          }
          try tx.insert(into: "visits", visit(1, 1))
        }
        try run.rollBack { tx in
          try tx.isRefused { try tx.insert(into: "patients", Family.patient(1)) }
        }
        try run.write { try $0.insert(into: "patients", Family.patient(3)) }
      }),
    Workload("refused-statements", .clinic) { run in
      try run.write { tx in
        try tx.isRefused { try tx.insert(into: "visits", visit(9, 1)) }
        try tx.isRefused { try tx.insert(into: "patients", ["age": Family.int(3)]) }
        try tx.isRefused {
          try tx.insert(into: "patients", ["mrn": .text("x"), "age": Family.int(900)])
        }
        try tx.insert(into: "patients", Family.patient(4, notes: Family.note(4)))
        try tx.isRefused {
          try tx.insert(
            contentsOf: [Family.patient(5), Family.patient(4)].map { $0 }, into: "patients")
        }
      }
    },
    Workload(
      "savepoints", .plain, first: { try $0.insert(into: "items", Family.item(1)) },
      {
        run in
        struct Undo: Error {}
        try run.write { tx in
          try tx.insert(into: "items", Family.item(2))
          try? tx.savepoint {
            try tx.update("items", key: [Family.int(1)], ["text": .text("gone")])
            try tx.savepoint { try tx.insert(into: "items", Family.item(3, 5_000)) }
            throw Undo()
          }
          try tx.savepoint { try tx.insert(into: "items", Family.item(4)) }
        }
        try run.write { try $0.insert(into: "items", Family.item(5)) }
      }),
    Workload(
      "upsert", .clinic, first: { try $0.insert(into: "patients", Family.patient(1)) },
      {
        run in
        try run.write { tx in
          try tx.upsert(
            into: "patients", ["mrn": .text("A1"), "age": Family.int(50)], on: ["mrn"])
          try tx.upsert(
            into: "patients",
            ["id": Family.int(7), "mrn": .text("A7"), "notes": Family.note(7)])
        }
        try run.write { tx in
          try tx.upsert(into: "patients", ["id": Family.int(7), "mrn": .text("A8")])
        }
      }),
    Workload(
      "change-keys", .clinic,
      first: { tx in for id in 1...3 { try tx.insert(into: "patients", Family.patient(id)) } },
      { run in
        try run.write { try $0.update("patients", key: [Family.int(2)], ["id": Family.int(20)]) }
        try run.write { tx in
          try tx.insert(into: "visits", visit(1, 1))
          try tx.isRefused {
            try tx.update("patients", key: [Family.int(1)], ["id": Family.int(30)])
          }
          try tx.update("patients", key: [Family.int(3)], ["mrn": .text("Z")])
        }
      }),
    Workload(
      "automatic-keys", .clinic,
      first: { tx in for id in 1...3 { try tx.insert(into: "patients", Family.patient(id)) } },
      { run in
        try run.write { try $0.delete(from: "patients", key: [Family.int(3)]) }
        try run.reopen()
        try run.write { try $0.insert(into: "patients", Family.patient(4)) }
        try run.write { tx in
          var values = Family.patient(5)
          values["id"] = Family.int(100)
          try tx.insert(into: "patients", values)
          try tx.delete(from: "patients", key: [Family.int(100)])
        }
        try run.write { try $0.insert(into: "patients", Family.patient(6)) }
      }),
    Workload("batch", .plain) { run in
      try run.write { try $0.insert(contentsOf: (0..<20).map { Family.item($0) }, into: "items") }
      try run.write {
        try $0.insert(contentsOf: (20..<60).map { Family.item($0, 400) }, into: "items")
      }
    },
    Workload("batch-clinic", .clinic) { run in
      try run.write { tx in
        try tx.insert(
          contentsOf: (0..<8).map { number in
            var values = Family.patient(number, notes: Family.note(number))
            values["id"] = Family.int(number)
            return values
          }, into: "patients")
      }
      try run.write { tx in
        try tx.isRefused {
          try tx.insert(
            contentsOf: (7..<10).map { number in
              var values = Family.patient(number)
              values["id"] = Family.int(number + 50)
              return values
            }, into: "patients")
        }
      }
    },
    Workload(
      "exact-fit", .plain,
      first: { tx in for id in 0..<26 { try tx.insert(into: "items", Family.item(id, 90)) } },
      { run in
        // One of these fills its page to the last byte, and the next does not fit.
        try run.write { tx in
          for length in 0..<1_200 {
            let text = String(repeating: "x", count: length)
            try tx.insert(into: "items", ["id": Family.int(99), "text": .text(text)])
            try tx.delete(from: "items", key: [Family.int(99)])
          }
          try tx.insert(into: "items", Family.item(99))
        }
      }),
    Workload("all-types", .kinds) { run in
      try run.write { tx in for id in 0..<4 { try tx.insert(into: "values", Family.kind(id)) } }
      try run.write { tx in
        try tx.isRefused {
          var values = Family.kind(2)
          values["word"] = .text("WÖRD-2")
          try tx.insert(into: "values", values)
        }
        try tx.update(
          "values", key: [.text("wörd-1"), Family.kind(1)["day"] ?? .null],
          ["number": .null, "hour": .null])
      }
    },
    Workload("split-and-merge", .plain) { run in
      try run.write { tx in
        for id in 0..<40 { try tx.insert(into: "items", Family.item(id * 7 % 40, 350)) }
      }
      try run.write { tx in
        for id in 5..<38 { try tx.delete(from: "items", key: [Family.int(id)]) }
      }
      try run.write { try $0.insert(into: "items", Family.item(20, 700)) }
    },
    Workload("empty-transaction", .plain) { run in
      try run.write { _ in }
      try run.write { try $0.insert(into: "items", Family.item(1)) }
      try run.write { _ in }
    },
    Workload(
      "groups", .plain, first: { try $0.insert(into: "items", Family.item(0)) },
      { run in
        for round in 0..<2 {
          try run.prepare { try $0.insert(into: "items", Family.item(round * 10 + 1)) }
          try run.prepare {
            try $0.update("items", key: [Family.int(0)], ["text": Family.text(round)])
          }
          try run.prepare { try $0.insert(into: "items", Family.item(round * 10 + 2)) }.wait()
          run.acknowledge()
        }
      }),
  ]
}
