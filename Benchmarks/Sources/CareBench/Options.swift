/// What the command line asks for.
struct Options: Sendable {
  var patients = 200_000
  var runs = 3
  var durableCommits = 3_000
  var concurrentCommits = 10_240
  var tasks = 256
  var cacheBytes = 256 << 20
  var rowsPerTransaction = 1_000
  var works: Set<String> = []
  var engines: Set<String> = []
  var directory: String?
  var json: String?
  var markdown: String?
  var readme: String?
  /// Only measures the peak memory of one engine, and prints it.
  var memoryOf: String?

  static let help = """
    CareBench: the care workload on CareFS, SQLite and LMDB.

      --rows N          patients (200000); appointments are twice as many
      --runs N          runs, of which the median counts (3)
      --quick           5,000 patients, one run: does it work at all
      --only WORK,...   these works alone
      --engine NAME,... these engines alone: carefs, sqlite, lmdb
      --cache-mb N      cache of each engine (256)
      --dir FOLDER      where the databases are made (the system's folder for temporary files)
      --json FILE       writes the figures as JSON
      --markdown FILE   writes the table as Markdown
      --readme FILE     puts the table between the markers of this file
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
      case "--rows": patients = max(8, try number(of: option))
      case "--runs": runs = try number(of: option)
      case "--quick":
        patients = 5_000
        runs = 1
        durableCommits = 100
        concurrentCommits = 1_024
      case "--only": works = try list(of: option)
      case "--engine": engines = try list(of: option)
      case "--cache-mb": cacheBytes = try number(of: option) << 20
      case "--dir": directory = try value(of: option)
      case "--json": json = try value(of: option)
      case "--markdown": markdown = try value(of: option)
      case "--readme": readme = try value(of: option)
      case "--memory-of": memoryOf = try value(of: option)
      default: throw BenchError("unknown option \(option)\n\n\(Options.help)")
      }
    }
  }

  func wants(_ work: String) -> Bool { works.isEmpty || works.contains(work) }
}
