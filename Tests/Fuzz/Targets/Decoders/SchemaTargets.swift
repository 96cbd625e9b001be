import CareFS

extension FuzzTarget {
  /// A schema as JSON: what can be read prints and reads the same, and makes a database.
  static let schema = FuzzTarget(
    "schema", maximumLength: 4096, shape: .text(words: schemaWords),
    seeds: { SeedSchemas.all.map { Array($0.json.utf8) } + schemaSeeds },
    { input in
      let schema = try DatabaseSchema(parsing: [UInt8](input))
      let again = try DatabaseSchema(parsing: schema.json)
      try FuzzFinding.unless(again == schema, "a schema reads otherwise when it is printed")
      try schema.validate()
      let database = try Database.create(
        path: FuzzDatabase.path, schema: schema, options: FuzzDatabase.options(FuzzFiles()))
      try FuzzFinding.unless(database.schema == schema, "a database has another schema")
      try database.close()
    })

  /// An entry of the catalog: what can be read is written and read the same.
  static let catalog = FuzzTarget(
    "catalog", maximumLength: 4096, shape: .text(words: schemaWords + catalogWords),
    seeds: { catalogSeeds },
    { input in
      let written = try DecoderProbe.catalogEntry([UInt8](input))
      let again: [UInt8]
      do { again = try DecoderProbe.catalogEntry(written) } catch {
        throw FuzzFinding("an entry that was written cannot be read: \(error)")
      }
      try FuzzFinding.unless(again == written, "an entry reads otherwise when it is written")
    })

  private static let schemaWords = [
    "\"tables\":", "\"name\":", "\"columns\":", "\"type\":", "\"int\"", "\"text\"", "\"json\"",
    "\"decimal\"", "\"any\"", "\"uuid\"", "\"timestamp\"", "\"null\":true", "\"default\":",
    "\"primaryKey\":", "\"unique\":", "\"indexes\":", "\"foreignKeys\":", "\"references\":",
    "\"onDelete\":", "\"cascade\"", "\"setNull\"", "\"checks\":", "\"expression\":", "\"path\":",
    "\"where\":", "\"min\":", "\"max\":", "\"minLength\":", "\"maxLength\":", "\"pattern\":",
    "\"collation\":\"nocase\"", "\"autoincrement\":true", "\"oneOf\":", "\"deferred\":true",
    "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "0", "1e999",
    "99999999999999999999", "[[[[[[[[[[[[[[[[", "\\ud800", "\\u0000",
  ]

  private static let catalogWords = [
    "\"id\":", "\"root\":", "\"rows\":", "\"documents\":", "\"columnIds\":", "\"nextColumnId\":",
    "\"layout\":", "\"column\":", "\"uniqueTrees\":", "\"indexTrees\":", "\"childIndexes\":",
    "\"foldingVersion\":", "\"table\":", "4294967295", "4294967296",
  ]

  private static let schemaSeeds: [[UInt8]] = [
    #"{"tables":[]}"#,
    #"{"tables":[{"name":"a","columns":[{"name":"id","type":"int"}],"primaryKey":["id"]}]}"#,
    #"{"tables":[{"name":"a b","columns":[{"name":"id","type":"uuid"},{"name":"`x","type":"text","#
      + #""pattern":"a%","oneOf":["a","ab"],"default":"a","maxLength":4}],"primaryKey":["id"]}]}"#,
    #"{"tables":[{"name":"d","columns":[{"name":"id","type":"int","autoincrement":true},"#
      + #"{"name":"at","type":"timestamp","default":"now"}],"primaryKey":["id"],"#
      + #""checks":[{"name":"c","expression":"id > 0"}]}]}"#,
    #"[]"#, #"{"tables":[{"name":"#, #"{"tables":{}}"#,
  ].map { Array($0.utf8) }

  private static let catalogSeeds: [[UInt8]] = [
    "", #","documents":{"id":9,"root":12}"#, #","more":[1,{"x":null}]"#, #","foldingVersion":1"#,
  ].flatMap { more in
    [
      (#"{"name":"id","type":"int"}"#, "0", ""),
      (
        #"{"name":"id","type":"int"},{"name":"t","type":"text"}"#, "0,1",
        #"{"column":1,"type":"text"}"#
      ),
      (
        #"{"name":"id","type":"int"},{"name":"t","type":"json","null":true}"#, "0,3",
        #"{"column":2,"type":"int"},{"column":3,"type":"json"}"#
      ),
    ].map { columns, ids, layout in
      Array(
        (#"{"id":2,"rows":{"id":2,"root":4},"columnIds":[\#(ids)],"nextColumnId":4,"#
          + #""layout":[\#(layout)],"uniqueTrees":[],"indexTrees":[],"childIndexes":["#
          + #"{"id":5,"root":6,"columns":["id"]}]\#(more),"table":{"name":"a","columns":[\#(columns)],"#
          + #""primaryKey":["id"]}}"#).utf8)
    }
  }
}
