import CareFS
import CareModel
import Testing

/// Each constraint of each table of each system is broken once, by a row that is valid but for
/// one thing; the row without the fault is accepted.
@Suite("Constraints of the five systems") struct ConstraintTests {
  static let cases: [(String, Breakage)] = {
    var all: [(String, Breakage)] = []
    for name in CareModel.names {
      guard let schema = CareModel.schema(named: name) else { continue }
      for table in schema.tables {
        guard let found = try? RowFactory(schema: schema).breakages(table) else { continue }
        all += found.map { (name, $0) }
      }
    }
    return all
  }()

  @Test("every table is covered")
  func covered() throws {
    for name in CareModel.names {
      let schema = try #require(CareModel.schema(named: name))
      for table in schema.tables {
        let found = try RowFactory(schema: schema).breakages(table)
        #expect(found.count >= table.columns.count, "\(table.name)")
      }
    }
  }

  @Test("a valid row of each table is accepted", arguments: CareModel.names)
  func valid(_ name: String) throws {
    let bench = try Bench(name)
    for table in bench.schema.tables {
      try bench.trial { trial in
        _ = try trial.row(table, seed: 1)
        _ = try trial.row(table, seed: 2)
        #expect(try trial.tx.count(table.name) >= 2)
      }
    }
    #expect(try bench.db.check().isSound)
  }

  @Test("each constraint is enforced", arguments: CareModel.names)
  func enforced(_ name: String) throws {
    let bench = try Bench(name)
    let cases = Self.cases.filter { $0.0 == name }.map(\.1)
    #expect(!cases.isEmpty)
    for breakage in cases {
      let table = try #require(bench.schema.table(breakage.table))
      let error = try bench.error(breakage, table)
      guard let error else {
        Issue.record("not refused: \(breakage)")
        continue
      }
      #expect(error.code == breakage.code, "\(breakage): \(error.message)")
      #expect(error.table == breakage.table, "\(breakage): \(error.message)")
      switch breakage.kind {
      case .value(let column, _):
        #expect(error.columns == [column], "\(breakage): \(error.message)")
      case .duplicate(let columns), .orphan(let columns):
        #expect(error.columns == columns, "\(breakage): \(error.message)")
      case .check(let check):
        #expect(error.message.contains(check), "\(breakage): \(error.message)")
      }
    }
  }
}
