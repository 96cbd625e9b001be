import CareFS
import CareFSTestSupport

extension Workload {
  /// JSON documents and long bytes.
  static let documents: [Workload] = [
    Workload("small-json", .clinic) { run in
      for id in 1...3 {
        try run.write {
          try $0.insert(into: "patients", Family.patient(id, notes: Family.note(id)))
        }
      }
    },
    Workload("large-json", .clinic) { run in
      try run.write {
        try $0.insert(into: "patients", Family.patient(1, notes: Family.note(1, 20_000)))
      }
      try run.write { try $0.delete(from: "patients", key: [Family.int(1)]) }
    },
    Workload(
      "replaced-json", .clinic, first: { try $0.insert(into: "patients", Family.patient(1)) },
      { run in
        for bytes in [50, 9_000, 100, 4_000] {
          try run.write {
            try $0.update("patients", key: [Family.int(1)], ["notes": Family.note(bytes, bytes)])
          }
        }
        try run.write { try $0.update("patients", key: [Family.int(1)], ["notes": .null]) }
      }),
    Workload("long-bytes", .clinic) { run in
      try run.write { tx in
        var values = Family.patient(1)
        values["photo"] = Family.photo(1, 30_000)
        try tx.insert(into: "patients", values)
      }
      try run.write {
        try $0.update("patients", key: [Family.int(1)], ["photo": Family.photo(2, 2_000)])
      }
      try run.checkpoint()
      try run.write { try $0.update("patients", key: [Family.int(1)], ["age": Family.int(5)]) }
    },
    Workload("long-text", .plain) { run in
      try run.write { try $0.insert(into: "items", Family.item(1, 15_000)) }
      try run.write { try $0.update("items", key: [Family.int(1)], ["text": .null]) }
    },
    Workload(
      "document-dictionary", .clinic,
      first: { tx in
        for id in 0..<60 {
          try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id % 4, 90)))
        }
      },
      { run in
        try run.write { tx in
          for id in 60..<70 {
            try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id % 4, 90)))
          }
        }
        try run.write {
          try $0.update("patients", key: [Family.int(3)], ["notes": Family.note(3, 120)])
        }
      }),
  ]
}
