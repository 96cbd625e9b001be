import BTree
import PageStore

/// What is left of the catalog of a damaged file.
struct SalvagedCatalog {
  /// The tables that are known, their references to others left out that are not.
  var entries: [CatalogEntry] = []
  private(set) var counters: [UInt32: TableCounters] = [:]
  private var isWhole = false

  init(
    _ pages: PageTransaction, _ leaves: SalvagedLeaves, _ report: inout RecoverReport
  ) throws {
    var found: [[UInt8]: [UInt8]] = [:]
    for leaf in leaves.pages(of: CatalogKey.treeID) {
      _ = try? Catalog.tree.salvageLeaf(leaf.page, in: pages) { key, value in
        if found[Array(key)] == nil { found[Array(key)] = Array(value) }
      }
    }
    var order: [UInt32] = []
    for (key, value) in found {
      switch CatalogKey.Kind(rawValue: key.first ?? .max) {
      case .database: order = (try? SchemaJSON.parse(bytes: value))?["tables"]?.uint32s ?? []
      case .table:
        do {
          let entry = try CatalogEntry(try SchemaJSON.parse(bytes: value))
          guard key == CatalogKey.bytes(.table, entry.id) else {
            throw CatalogEntry.damaged("a table has another number than its key")
          }
          entries.append(entry)
        } catch let error as DatabaseError where error.code == .newerFormat {
          throw error
        } catch {
          report.doubt("the description of a table is damaged")
        }
      case .counters:
        let id = key.dropFirst().reduce(UInt32(0)) { $0 &<< 8 | UInt32($1) }
        counters[id] = value.withUnsafeBytes { try? TableCounters($0) }
      case nil: break
      }
    }
    guard !entries.isEmpty else {
      throw DatabaseError(
        .corrupt, "nothing is left of the catalog: what tables there were cannot be told")
    }
    let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    entries.sort { (places[$0.id] ?? .max, $0.id) < (places[$1.id] ?? .max, $1.id) }
    let missing = Set(order).subtracting(entries.map(\.id)).count
    if missing > 0 { report.doubt("the descriptions of \(missing) tables are lost") }
    dropUnsoundTables(&report)
    guard !entries.isEmpty else {
      throw DatabaseError(
        .corrupt, "every description of a table is damaged: what tables there were cannot be told")
    }
    dropNamesakes(places, &report)
    dropUnsoundReferences(&report)
    // A table that never had a row has no counters.
    isWhole = (try? Catalog.tree.check(in: pages).isSound) == true
  }

  /// How many rows a table had; nil when nothing tells.
  func rows(of table: UInt32) -> UInt64? { counters[table]?.rows ?? (isWhole ? 0 : nil) }

  /// Of tables of one name that table stays which the list names, or else the youngest: the others were
  /// dropped, and are here because nothing tells that their pages are free.
  private mutating func dropNamesakes(_ places: [UInt32: Int], _ report: inout RecoverReport) {
    var kept: [String: UInt32] = [:]
    for entry in entries {
      let name = entry.schema.name
      if let before = kept[name] {
        report.doubt("of two tables called \(name) the older one is left out")
        if places[before] != nil { continue }
      }
      kept[name] = entry.id
    }
    entries.removeAll { kept[$0.schema.name] != $0.id }
  }
}
