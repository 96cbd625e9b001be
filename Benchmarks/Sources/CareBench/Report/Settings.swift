/// How the engines are set up, for the report.
enum Settings {
  static let text = """
    ## How it is measured

    One process runs one engine after the other within each work, and another engine leads in each
    run, so that a machine that slows down slows all. Every engine makes the same structs from the
    same rows, and after each step of the care workload (in later runs at the end) all of them must hold
    the same data, read whole and through their indexes. Every transaction is durable when it returns, on every engine:
    it waits for the disk. All caches are equal. What an engine does later on threads of its own is
    waited for before the next one begins, and is not counted.

    | engine | settings |
    |---|---|
    | CareFS | its defaults but for the size of the cache; typed records |
    | SQLite | C API, prepared statements, WAL, `synchronous = FULL`, foreign keys on, 4 KiB pages, \
    memory map of the whole file on top of the cache, temporary tables in memory, a checkpoint each \
    4,000 pages (measured faster than the default at every load) |
    | GRDB | a `DatabasePool` with SQLite's settings above; Codable records, queries as its guide \
    writes them |
    | LMDB | sync of data and meta page at each commit, integer keys where keys are integers, \
    `DUPFIXED` indexes read a page at a time; rows packed by hand. It has no cache of its own: it maps \
    the file |
    | RocksDB | "Setup Options and Basic Tuning" of its wiki: bloom filters of 10 bits, blocks of \
    16 KiB, index and filter blocks in the block cache, level sizes that adapt, LZ4 above Zstandard; \
    `sync = true`. Its memory tables come on top of the cache. What a transaction has written itself \
    is looked up in sets of the program, as `WriteBatchWithIndex` is several times slower |

    LMDB and RocksDB have no tables, references or indexes: the programs keep them by hand, check what \
    CareFS and SQLite check (a key or e-mail that is taken, a reference to nobody), and pack rows \
    without types, versions or nulls.

    - Care workload: its `file` figures count logs, after a checkpoint; RocksDB has none to make, its \
    memory tables are written out. `durable insert`: the engines and the bare disk take turns of a \
    hundred commits. `compact` rewrites everything: VACUUM, LMDB's compacting copy, RocksDB's compaction \
    with the lowest level forced.
      GRDB looks up a tenth of the keys and scans once, as its rate shows by then.
    - Documents: the examples of FHIR R4 as they come, minified; SQLite stores them as text and finds \
    paths by `json_extract`. CareFS checks each document before it stores it, which is counted. \
    Bundles are whole patients, minified; one path in the middle of each is asked for. Of the examples \
    of 50 to 200 KB two paths each are asked for: that of the first short string in the second half, and \
    that of the last one.
      `small` are the examples and the patients' resources under 1 KB.
    - redb's workload: phases, counts and cache (4 GiB) of the benchmark that redb publishes, times in \
    milliseconds; random bytes made as they are needed. Of more than a million pairs there is one run. \
    The phase that does not wait for the disk is left out.
    - YCSB: mixes and distributions from its own parameter files (`shared/data/suites`), records of \
    ten fields of 100 bytes, one thread, every operation a transaction; how many is in the line above. \
    SQLite keeps the table without row numbers, which is faster here.
    - Growth curve: doctors, a table without indexes; the cache holds all of it. Of 10 million rows there is one
      run, by `make bench-long`.
    - Eight times the cache: the care workload with fewer patients, its file in the system's cache; \
    each engine's cache has an eighth of CareFS's file. SQLite and LMDB read \
    it through their memory maps, which count as memory here.
    - Many durable commits: SQLite and CareFS alone, as the others take minutes. Bytes are those given to \
    write calls, the checkpoint at the end counted. A commit ran beside a checkpoint when CareFS's own \
    counts moved during it as only a checkpoint moves them. Bytes of fewer commits are not told, as \
    SQLite's checkpoints would be among them and CareFS's not.
    - Two threads: each reader has a connection of its own where engines want that. The writer \
    changes 100 rows of an indexed column a commit, without a rest. The long read is of CareFS alone, in a \
    process of its own with a cache of 8 MiB: a transaction that stays open while another thread commits, \
    looks at its rows again at the end, and must see the same. Growth is how much larger page file and log \
    got at the most than in processes that did the same commits without the read (the larger of two). Its memory has a \
    budget but no figure in the targets, so it is shown without one.
    - Opening: up to the first row read. The crash is a kill of the process while its log is about to \
    be as long as CareFS lets it get at all, which it does only where a checkpoint does not come to an end: \
    the writes of pages wait from the beginning. The others' logs are as long: SQLite's without \
    checkpoints, RocksDB's by a larger table in memory. LMDB has none.
      The idle database is one of CareFS that has been read whole and changed a little, in a process of \
    its own; what it holds is the memory that came with it, without the pages in its cache.

    """
}
