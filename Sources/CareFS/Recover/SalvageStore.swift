import BTree
import PageStore

/// A store of its own with what the sound leaves of a damaged file hold of its rows and documents:
/// so both are found by their keys again, whatever happened to the pages above the leaves.
final class SalvageStore {
  let pager: Pager
  let plan: SchemaPlan
  private let path: String
  private let fileSystem: any FileSystem

  init(
    _ path: String, _ fileSystem: any FileSystem, _ options: DatabaseOptions,
    from pages: PageTransaction, _ leaves: SalvagedLeaves, _ catalog: SalvagedCatalog,
    _ report: inout RecoverReport, progress: ((String, Int) throws -> Void)?
  ) throws {
    self.path = path
    self.fileSystem = fileSystem
    var pagerOptions = options.pagerOptions
    pagerOptions.isReadOnly = false
    pagerOptions.pageSize = pages.pageSize
    pagerOptions.bulkLogBytes = 0
    pager = try Pager.create(path: path, fileSystem: fileSystem, options: pagerOptions)
    do {
      let target = try pager.beginWrite()
      do {
        let copied = try Self.fill(target, from: pages, leaves, catalog, &report, progress)
        plan = try SchemaPlan(copied)
        try target.commit()
      } catch {
        target.rollback()
        throw error
      }
    } catch {
      try? pager.close()
      Self.remove(path, fileSystem)
      throw error
    }
  }

  /// Closes the store and removes it.
  func remove() {
    try? pager.close()
    Self.remove(path, fileSystem)
  }

  private static func remove(_ path: String, _ fileSystem: any FileSystem) {
    for name in [path, Pager.logPath(path)] { try? fileSystem.remove(name) }
  }

  private static func fill(
    _ target: PageTransaction, from pages: PageTransaction, _ leaves: SalvagedLeaves,
    _ salvaged: SalvagedCatalog, _ report: inout RecoverReport,
    _ progress: ((String, Int) throws -> Void)?
  ) throws -> Catalog {
    _ = try Tree.create(id: CatalogKey.treeID, in: target)
    var catalog = Catalog()
    for (table, entry) in salvaged.entries.enumerated() {
      // The indexes stay empty: nothing looks at them.
      var copied = entry
      try copied.moveTrees { tree in
        CatalogTree(id: tree.id, root: try Tree.create(id: tree.id, in: target).root)
      }
      // Parts of documents are no rows: the rows that lack them will say so.
      if let documents = copied.documents {
        _ = try copy(documents.tree, to: target, from: pages, leaves.pages(of: documents.id), nil)
      }
      report.tables[table].unreadable += try copy(
        copied.rows.tree, to: target, from: pages, leaves.pages(of: entry.rows.id)
      ) { try progress?(entry.schema.name, $0) }
      catalog.entries.append(copied)
    }
    return catalog
  }

  /// Copies the entries of leaves; of two with the same key the first counts. Returns how many
  /// entries could not be read.
  private static func copy(
    _ tree: Tree, to target: PageTransaction, from pages: PageTransaction,
    _ leaves: [SalvagedLeaves.Leaf], _ progress: ((Int) throws -> Void)?
  ) throws -> Int {
    let editor = tree.editor(in: target)
    var rows = 0
    var unreadable = 0
    for leaf in leaves {
      do {
        unreadable +=
          try tree.salvageLeaf(leaf.page, in: pages) { key, value in
            do throws(StoreError) {
              _ = try editor.insert(key, value, ifPresent: .keep)
            } catch {
              throw Refused(error: error)
            }
            rows += 1
          } ?? 0
      } catch let refused as Refused {
        throw refused.error
      } catch let error as StoreError where error.code == .corrupt {
        // A leaf that contradicts itself although its checksum holds.
        unreadable += 1
      }
      try progress?(rows)
    }
    return unreadable
  }

  /// A failure of the copy, not of what is read.
  private struct Refused: Error { let error: StoreError }
}
