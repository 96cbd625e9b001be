import BTree
import PageStore

extension Database {
  /// Opens a database, or creates it when there is no file, with a schema.
  ///
  /// An existing file's schema is compared with the given one. New tables, new columns that may
  /// be null or have a constant default, and new indexes are added; any other difference is
  /// refused as `schemaMismatch` with what differs.
  public convenience init(
    path: String, schema: DatabaseSchema, options: DatabaseOptions = DatabaseOptions()
  ) throws {
    let fileSystem = options.fileSystem ?? PosixFileSystem.shared
    let opened = try reporting {
      if try fileSystem.identity(of: path) == nil, !options.readOnly {
        return try Self.make(path, schema, options, fileSystem)
      }
      return try Self.load(path, wanted: schema, options, fileSystem)
    }
    self.init(pager: opened.pager, plan: opened.plan, path: path, options: options)
  }

  /// Creates a database file. An existing file is refused.
  public static func create(
    path: String, schema: DatabaseSchema, options: DatabaseOptions = DatabaseOptions()
  ) throws -> Database {
    let made = try reporting {
      try make(path, schema, options, options.fileSystem ?? PosixFileSystem.shared)
    }
    return Database(pager: made.pager, plan: made.plan, path: path, options: options)
  }

  /// Opens an existing database with the schema that it holds.
  public static func open(
    path: String, options: DatabaseOptions = DatabaseOptions()
  ) throws -> Database {
    let opened = try reporting {
      try load(path, wanted: nil, options, options.fileSystem ?? PosixFileSystem.shared)
    }
    return Database(pager: opened.pager, plan: opened.plan, path: path, options: options)
  }

  /// A database in memory. It ends with the object.
  public static func inMemory(
    schema: DatabaseSchema, options: DatabaseOptions = DatabaseOptions()
  ) throws -> Database {
    var options = options
    let fileSystem = MemoryFileSystem()
    options.fileSystem = fileSystem
    let made = try reporting { try make("memory.carefs", schema, options, fileSystem) }
    return Database(pager: made.pager, plan: made.plan, path: nil, options: options)
  }

  private static func make(
    _ path: String, _ schema: DatabaseSchema, _ options: DatabaseOptions,
    _ fileSystem: any FileSystem
  ) throws -> (pager: Pager, plan: SchemaPlan) {
    // A schema that contradicts itself must not leave a file behind.
    try schema.validate()
    let pager = try fresh(path, options, fileSystem)
    do {
      return (pager, try fill(pager, schema, options))
    } catch {
      try? pager.close()
      throw error
    }
  }

  /// A store without a single commit: a new file, or one whose creation was cut short.
  private static func fresh(
    _ path: String, _ options: DatabaseOptions, _ fileSystem: any FileSystem
  ) throws -> Pager {
    do throws(StoreError) {
      return try Pager.create(path: path, fileSystem: fileSystem, options: options.pagerOptions)
    } catch {
      guard error.code == .exists,
        let pager = try? Pager.open(
          path: path, fileSystem: fileSystem, options: options.pagerOptions)
      else { throw error }
      if pager.holdsNothing { return pager }
      try? pager.close()
      throw error
    }
  }

  /// The first commit of a store: its catalog.
  private static func fill(
    _ pager: Pager, _ schema: DatabaseSchema, _ options: DatabaseOptions
  ) throws -> SchemaPlan {
    let pages = try pager.beginWrite(timeoutMilliseconds: options.lockTimeoutMilliseconds)
    do {
      let catalog = try Catalog.create(schema, in: pages)
      let plan = try SchemaPlan(catalog)
      try pages.commit()
      return plan
    } catch {
      pages.rollback()
      throw error
    }
  }

  private static func load(
    _ path: String, wanted: DatabaseSchema?, _ options: DatabaseOptions,
    _ fileSystem: any FileSystem
  ) throws -> (pager: Pager, plan: SchemaPlan) {
    try wanted?.validate()
    let pager = try Pager.open(path: path, fileSystem: fileSystem, options: options.pagerOptions)
    do {
      if pager.holdsNothing {
        guard let wanted, !options.readOnly else {
          throw DatabaseError(
            .notADatabase,
            "\(path) holds nothing: its creation was interrupted. Create it again, or remove it")
        }
        return (pager, try fill(pager, wanted, options))
      }
      let pages = try pager.beginRead()
      let catalog: Catalog
      do {
        defer { pages.rollback() }
        catalog = try Catalog.load(pages)
      }
      guard let wanted, wanted != catalog.schema else { return (pager, try SchemaPlan(catalog)) }
      return (pager, try adapt(pager, to: wanted, options))
    } catch {
      try? pager.close()
      throw error
    }
  }
}

extension DatabaseOptions {
  var pagerOptions: PagerOptions {
    var pager = PagerOptions()
    pager.isReadOnly = readOnly
    pager.cacheBytes = cacheBytes
    pager.pageSize = pageSize
    tuning?(&pager)
    return pager
  }
}
