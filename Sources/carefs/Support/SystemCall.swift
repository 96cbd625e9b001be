#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the command line itself needs of the operating system.
enum SystemCall {
  /// The failure of the last call, named by `errno`.
  static func failure(_ what: String, _ path: String) -> Failure {
    let number = errno
    let reason = String(cString: strerror(number))
    let exit: Failure.Exit =
      number == EIO || number == ENOSPC || number == EDQUOT ? .io : .cannotOpen
    return Failure(exit, "\(what) \(path): \(reason)")
  }

  /// Whether a descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The terminal's width in columns.
  static func columns(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The value of an environment variable.
  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Whether something is at the path, be it a link that leads nowhere.
  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The size of a file in bytes; 0 if there is none.
  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Whether a path is a folder.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder, if it is not there yet.
  static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o700) != 0, errno != EEXIST || !isFolder(path) {
      throw failure("cannot create folder", path)
    }
  }

  /// Renames a file, replacing what was there.
  static func move(_ from: String, to path: String) throws {
    if rename(from, path) != 0 { throw failure("cannot rename to", path) }
  }

  /// Removes a file, if it is there.
  static func remove(_ path: String) { unlink(path) }

  /// Seconds of a clock that never goes back.
  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension SystemCall {
  /// Takes the numbers of standard streams that were closed at the start. Otherwise the database
  /// would get one of them, and what is meant for the stream would be written into its pages.
  static func takeStandardStreams() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      // The wrong way round, so that using the closed stream is still an error.
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Whether the program's arguments are UTF-8 as they were given.
  static func argumentsAreText() -> Bool {
    UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
      .allSatisfy { $0.map { String(validatingCString: $0) != nil } ?? true }
  }

  /// Whether two paths lead to the same file.
  static func isSame(_ first: String, _ second: String) -> Bool {
    var one = stat()
    var two = stat()
    guard stat(first, &one) == 0, stat(second, &two) == 0 else { return false }
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }

  /// Waits.
  static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}

extension SystemCall {
  /// Where temporary files go.
  static func temporaryFolder() -> String { environment("TMPDIR") ?? "/tmp" }

  /// The id of this process.
  static func processID() -> Int { Int(getpid()) }
}
