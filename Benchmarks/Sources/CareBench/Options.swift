/// What the command line asks for.
struct Options: Sendable {
  var patients = 200_000
  var runs = 3
  var durableCommits = 6_000
  var concurrentCommits = 10_240
  var tasks = 256
  var cacheBytes = 256 << 20
  var rowsPerTransaction = 1_000
  /// Pairs of redb's workload.
  var pairs = 5_000_000
  /// Records of YCSB.
  var records = 100_000
  /// Operations of YCSB that only read.
  var operations = 100_000
  /// Rows of the largest table of the growth curve.
  var curveRows = 1_000_000
  /// Size of the database whose opening is measured.
  var openMegabytes = 1_000
  /// The log that is recovered: CareFS lets it get no longer.
  var logMebibytes = 128
  /// Seconds of each measure of readers.
  var readerSeconds = 1.0
  /// Commits of the workload that counts bytes and checkpoints.
  var manyCommits = 100_000
  /// Patients of the workload whose cache is too small.
  var coldPatients = 50_000
  /// Commits beside a reader that does not end.
  var longReaderCommits = 4_000
  var works: Set<String> = []
  var engines: Set<String> = []
  var directory: String?
  /// Where the real data lies.
  var data = "../shared/data"
  var json: String?
  var markdown: String?
  var readme: String?
  var charts: String?
  /// The figures that a fresh run must not fall behind.
  var baseline: String?
  /// Whether figures in the JSON file of works that are not measured now stay there.
  var keepsFigures = false
  /// Measures nothing; what the JSON file has is written as text and charts.
  var isReportOnly = false
  /// A part that must run in a process of its own.
  var child: Child?

  static let help = """
    CareBench: CareFS beside SQLite, GRDB, LMDB and RocksDB.

      --only NAME,...   these works or suites alone; suites are
                        care, documents, redb, ycsb, curve, cold, commits, readers,
                        startup
      --suite, --work   the same
      --engine NAME,... these engines alone: carefs, sqlite, grdb, lmdb, rocksdb
      --runs N          runs, of which the median counts (3)
      --rows N          patients (200000); appointments are twice as many
      --pairs N         pairs of redb's workload (5000000)
      --records N       records of YCSB (100000)
      --long            the growth curve up to 10 million rows, twice the rows where the cache is
                        small, a longer read beside more commits
      --quick           small sizes, one run: does it work at all
      --cache-mb N      cache of each engine in the care workload (256)
      --data FOLDER     where the documents and the YCSB files are (../shared/data)
      --dir FOLDER      where the databases are made (the system's folder for temporary files)
      --json FILE       writes the figures as JSON, after each suite
      --keep            figures in that file of works that are not measured now stay there
      --report          measures nothing, but writes the rest from that file
      --markdown FILE   writes the table as Markdown
      --charts FOLDER   writes the charts as SVG
      --readme FILE     puts table and chart between the markers of this file
      --check FILE      fails where a ratio is 15 % worse than in these figures
    """

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else { throw BenchError("\(option) needs a value") }
      return value
    }
    func number(of option: String) throws -> Int {
      guard let number = Int(try value(of: option)), number > 0 else {
        throw BenchError("\(option) needs a number above 0")
      }
      return number
    }
    func list(of option: String) throws -> Set<String> {
      Set(try value(of: option).split(separator: ",").map(String.init))
    }
    while let option = rest.popFirst() {
      switch option {
      case "--rows":
        patients = max(8, try number(of: option))
        coldPatients = max(8, patients / 4)
      case "--runs": runs = try number(of: option)
      case "--pairs": pairs = max(100, try number(of: option))
      case "--records": records = max(100, try number(of: option))
      case "--long": makeLong()
      case "--quick": makeQuick()
      case "--only", "--work", "--suite": works = try list(of: option)
      case "--engine": engines = try list(of: option)
      case "--cache-mb": cacheBytes = try number(of: option) << 20
      case "--cache-kb": cacheBytes = try number(of: option) << 10
      case "--log-mib": logMebibytes = try number(of: option)
      case "--commits": longReaderCommits = try number(of: option)
      case "--keep": keepsFigures = true
      case "--report": isReportOnly = true
      case "--dir": directory = try value(of: option)
      case "--data": data = try value(of: option)
      case "--json": json = try value(of: option)
      case "--markdown": markdown = try value(of: option)
      case "--readme": readme = try value(of: option)
      case "--charts": charts = try value(of: option)
      case "--check": baseline = try value(of: option)
      case "--child":
        let name = try value(of: option)
        guard let part = Child(rawValue: name) else { throw BenchError("no such part: \(name)") }
        child = part
      default: throw BenchError("unknown option \(option)\n\n\(Options.help)")
      }
    }
    if keepsFigures || isReportOnly, json == nil {
      throw BenchError("--keep and --report need --json FILE")
    }
    let known = Set(Work.all.map(\.name) + Work.Suite.allCases.map(\.rawValue))
    if let name = works.first(where: { !known.contains($0) }) {
      throw BenchError("no work or suite \(name)\n\n\(Options.help)")
    }
  }

  private mutating func makeLong() {
    curveRows = 10_000_000
    coldPatients *= 2
    longReaderCommits *= 5
  }

  private mutating func makeQuick() {
    patients = 5_000
    coldPatients = 2_500
    runs = 1
    durableCommits = 100
    concurrentCommits = 1_024
    pairs = 50_000
    records = 2_000
    operations = 2_000
    curveRows = 100_000
    openMegabytes = 50
    logMebibytes = 16
    readerSeconds = 0.2
    manyCommits = 10_000
    longReaderCommits = 300
  }

  func wants(_ work: String) -> Bool {
    guard !works.isEmpty, !works.contains(work) else { return true }
    guard let suite = Work.all.first(where: { $0.name == work })?.suite else { return false }
    return works.contains(suite.rawValue)
  }

  func wants(_ suite: Work.Suite) -> Bool {
    Work.all.contains { $0.suite == suite && wants($0.name) }
  }
}
