import CareFSTestSupport

extension Workload {
  /// What deletions do to the rows that refer to the deleted ones.
  static let references: [Workload] = [
    Workload(
      "cascade", .clinic,
      first: { tx in
        for id in 1...2 {
          try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id)))
          for day in 0..<5 { try tx.insert(into: "visits", visit(id, day)) }
        }
      },
      { run in
        try run.write { try $0.delete(from: "patients", key: [Family.int(1)]) }
        try run.write { try $0.insert(into: "visits", visit(2, 9)) }
      }),
    Workload(
      "cascade-chain", .tree,
      first: { tx in
        try tx.insert(into: "nodes", Family.node(0, parent: nil))
        for id in 1..<40 { try tx.insert(into: "nodes", Family.node(id, parent: id - 1)) }
      }, { try $0.write { try $0.delete(from: "nodes", key: [Family.int(3)]) } }),
    Workload(
      "cascade-self", .tree,
      first: { tx in
        try tx.insert(into: "nodes", Family.node(0, parent: nil))
        try tx.insert(into: "nodes", Family.node(1, parent: 1, friend: 1))
        try tx.insert(into: "nodes", Family.node(2, parent: 1, friend: 0, spare: 1))
      },
      { run in
        try run.write { try $0.delete(from: "nodes", key: [Family.int(1)]) }
        try run.write { try $0.insert(into: "nodes", Family.node(1, parent: 1)) }
      }),
    Workload(
      "cascade-circle", .circle, first: { try Family.addCircle($0, 0..<4) },
      { run in
        try run.write { try $0.delete(from: "hens", key: [Family.int(2)]) }
        try run.write { try Family.addCircle($0, 10..<12) }
      }),
    Workload(
      "cascade-diamond", .diamond,
      first: { tx in for id in 0..<3 { try Family.addDiamond(tx, id) } },
      { run in
        try run.write { try $0.delete(from: "rights", key: [Family.int(0)]) }
        try run.write { try $0.delete(from: "tops", key: [Family.int(1)]) }
        try run.write { try $0.delete(from: "tops", key: [Family.int(0)]) }
      }),
    Workload(
      "set-null", .tree,
      first: { tx in
        try tx.insert(into: "nodes", Family.node(0, parent: nil))
        try tx.insert(into: "nodes", Family.node(1, parent: 0))
        for id in 2..<6 { try tx.insert(into: "nodes", Family.node(id, parent: 0, friend: 1)) }
      }, { try $0.write { try $0.delete(from: "nodes", key: [Family.int(1)]) } }),
    Workload(
      "set-default", .tree,
      first: { tx in
        try tx.insert(into: "nodes", Family.node(0, parent: nil))
        try tx.insert(into: "nodes", Family.node(1, parent: 0))
        for id in 2..<6 { try tx.insert(into: "nodes", Family.node(id, parent: 0, spare: 1)) }
      },
      { run in
        try run.write { try $0.delete(from: "nodes", key: [Family.int(1)]) }
        try run.write { tx in
          try tx.insert(into: "nodes", Family.node(7, parent: nil, spare: 0))
          try tx.isRefused { try tx.delete(from: "nodes", key: [Family.int(0)]) }
        }
      }),
    Workload(
      "restrict", .tree,
      first: { tx in
        try tx.insert(into: "nodes", Family.node(0, parent: nil))
        try tx.insert(into: "nodes", Family.node(1, parent: 0))
        try tx.insert(into: "nodes", Family.node(2, parent: 1, watcher: 1))
        try tx.insert(into: "nodes", Family.node(3, parent: 0, watcher: 2))
      },
      { run in
        try run.write { tx in
          try tx.isRefused { try tx.delete(from: "nodes", key: [Family.int(1)]) }
          try tx.insert(into: "nodes", Family.node(5, parent: 2))
        }
        try run.write { try $0.delete(from: "nodes", key: [Family.int(3)]) }
        try run.write { try $0.delete(from: "nodes", key: [Family.int(1)]) }
      }),
    Workload("deferred", .circle) { run in
      try run.write { try Family.addCircle($0, 0..<2) }
      try run.write { tx in
        try tx.insert(into: "hens", ["id": Family.int(7), "egg": Family.int(8)])
        try tx.insert(into: "hens", ["id": Family.int(8), "egg": Family.int(8)])
        try tx.insert(into: "eggs", ["id": Family.int(8), "hen": Family.int(7)])
      }
    },
  ]
}
