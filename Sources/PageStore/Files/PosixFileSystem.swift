#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
#if os(Linux)
  import CStatx
#endif

/// The file system of the operating system. Every system call on files is here and beside.
public final class PosixFileSystem: FileSystem {
  /// The one instance.
  public static let shared = PosixFileSystem()
  private let filter: SystemCallFilter?

  private init() { filter = nil }

  /// One whose calls a test decides about.
  package init(filter: SystemCallFilter) { self.filter = filter }

  public func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    // Paths come here resolved: a link in the place of a file was planted.
    var flags = O_CLOEXEC | O_NOFOLLOW
    switch mode {
    case .readOnly: flags |= O_RDONLY
    case .readWrite: flags |= O_RDWR
    case .createNew: flags |= O_RDWR | O_CREAT | O_EXCL
    }
    // A FIFO or device must not make open wait; what it is is checked below.
    flags |= O_NONBLOCK
    let descriptor = try openAboveStandard(path, flags)
    let file = PosixFile(descriptor: descriptor, path: path, filter: filter)
    let identity = try file.identity()
    guard identity.isRegular else {
      file.close()
      throw StoreError(.notADatabase, "\(path) is not a regular file")
    }
    if mode == .createNew, fchmod(descriptor, 0o600) != 0 {
      let error = systemError("set the mode of", path)
      file.close()
      throw error
    }
    return file
  }

  public func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    var random = SystemRandomNumberGenerator()
    let name = path + ".spill-" + String(random.next() as UInt64, radix: 36)
    let file = try open(name, .createNew)
    try remove(name)
    return file
  }

  public func rename(_ from: String, to: String) throws(StoreError) {
    if filtered(.rename, from, { systemRename(from, to) }) != 0 {
      throw systemError("rename", from)
    }
  }

  public func remove(_ path: String) throws(StoreError) {
    if filtered(.remove, path, { unlink(path) }) != 0 { throw systemError("remove", path) }
  }

  public func syncDirectory(of path: String) throws(StoreError) {
    let folder = Self.folder(of: path)
    let descriptor = try openAboveStandard(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { systemClose(descriptor) }
    if retrying({ filtered(.syncDirectory, folder) { fsync(descriptor) } }) != 0 {
      throw systemError("sync the folder", folder)
    }
  }

  public func identity(of path: String) throws(StoreError) -> FileIdentity? {
    // Not of what a link leads to: a link that leads nowhere is in the way too.
    if let found = FileIdentity.at(path) { return found }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw systemError("look at", path)
  }

  public func canonicalPath(_ path: String) throws(StoreError) -> String {
    guard let resolved = realpath(path, nil) else { throw systemError("open", path) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  public func freeBytes(at path: String) -> UInt64? {
    var status = statvfs()
    guard statvfs(Self.folder(of: path), &status) == 0 else { return nil }
    let (bytes, over) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return over ? nil : bytes
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Descriptors 0 to 2 belong to standard streams: a database there would be overwritten by print.
  private func openAboveStandard(_ path: String, _ flags: Int32) throws(StoreError) -> Int32 {
    let first = retrying { filtered(.open, path) { systemOpen(path, flags, 0o600) } }
    if first < 0 { throw systemError("open", path) }
    if first > 2 { return first }
    let moved = fcntl(first, F_DUPFD_CLOEXEC, 3)
    let error = systemError("open", path)
    systemClose(first)
    if moved < 0 { throw error }
    return moved
  }

  private func filtered(
    _ call: SystemCallFilter.Call, _ path: String, _ body: () -> Int32
  ) -> Int32 {
    if let filter, case .fails(let number) = filter.answer(call, path) {
      errno = number
      return -1
    }
    return body()
  }
}

/// An open descriptor. The lock guards it against a close under a running call.
final class PosixFile: StorageFile, @unchecked Sendable {
  private let descriptor: Int32
  private let path: String
  private let forkGuard = ForkGuard()
  private let filter: SystemCallFilter?
  private let guardian = Lock()
  private var isClosed = false
  /// The file, while this descriptor has its lock.
  private var lockedFile: FileIdentity?

  init(descriptor: Int32, path: String, filter: SystemCallFilter?) {
    self.descriptor = descriptor
    self.path = path
    self.filter = filter
  }

  deinit { close() }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let place = try position(offset, done)
      let n = filtered(.read, buffer.count - done) { pread(descriptor, base + done, $0, place) }
      if n < 0 {
        if errno == EINTR && !planted(.interruptIsError) { continue }
        throw systemError("read", path)
      }
      if n == 0 { break }
      done += n
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    guard let base = bytes.baseAddress else { return }
    try refuseChild()
    var done = 0
    while done < bytes.count {
      let place = try position(offset, done)
      let n = filtered(.write, bytes.count - done) { pwrite(descriptor, base + done, $0, place) }
      if n < 0 {
        if errno == EINTR && !planted(.interruptIsError) { continue }
        throw systemError("write", path)
      }
      if n == 0 { throw StoreError(.io, "\(path) takes no more bytes", errno: EIO) }
      done += n
      if planted(.shortWriteIgnored) { break }
    }
  }

  /// Linux keeps what was written at once in one piece of its cache, and looks at each block of a
  /// piece whenever one of them is written and synced: after parts of 1 MiB, commits of one block take
  /// 8 us longer for as long as the log exists.
  func writeZeros(_ count: Int, at offset: UInt64) throws(StoreError) {
    try writeZeros(count, at: offset, parts: LogFormat.block)
  }

  func size() throws(StoreError) -> UInt64 {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw systemError("look at", path) }
    return UInt64(max(0, status.st_size))
  }

  func truncate(to size: UInt64) throws(StoreError) {
    try refuseChild()
    let length = try position(size, 0)
    if retrying({ filtered(.truncate) { ftruncate(descriptor, length) } }) != 0 {
      throw systemError("resize", path)
    }
  }

  func reserve(upTo size: UInt64) throws(StoreError) {
    let now = try self.size()
    guard size > now else { return }
    try refuseChild()
    #if os(Linux)
      let start = try position(now, 0)
      let length = try position(size, 0) - start
      if retrying({ filtered(.reserve) { systemReserve(descriptor, start, length) } }) == 0 {
        return
      }
      let result = errno
      guard result == EINVAL || result == EOPNOTSUPP || result == ENOSYS else {
        try? truncate(to: now)
        errno = result
        throw systemError("grow", path)
      }
    #endif
    try truncate(to: size)
  }

  func beginWriteBack(_ count: Int, at offset: UInt64) {
    #if os(Linux)
      guard let start = try? position(offset, 0) else { return }
      _ = sync_file_range(descriptor, Int64(start), Int64(count), begin_write_back)
    #endif
  }

  func sync() throws(StoreError) {
    #if canImport(Darwin)
      let result = retrying { filtered(.sync) { fcntl(descriptor, F_FULLFSYNC) } }
    #else
      let result = filtered(.sync) { fdatasync(descriptor) }
    #endif
    if result != 0 { throw systemError("sync", path) }
  }

  func identity() throws(StoreError) -> FileIdentity {
    if let found = FileIdentity.of(descriptor) { return found }
    throw systemError("look at", path)
  }

  /// An open-file-description lock on one byte far beyond any page excludes; a classic record lock
  /// on the next byte only serves to tell others who holds it.
  func lockForWriting() throws(StoreError) -> LockResult {
    let identity = try self.identity()
    var exclusive = Self.lockRange(at: Self.lockOffset)
    if retrying({ filtered(.lock) { fcntl(descriptor, Self.setOpenFileLock, &exclusive) } }) != 0 {
      guard errno == EAGAIN || errno == EACCES else { throw lockError("lock") }
      // The record lock does not tell this process of its own.
      let isOwn = Self.locked.with { files in files.contains(identity.file) }
      return .held(processID: isOwn ? currentProcessID() : signedProcess())
    }
    Self.locked.with { files in _ = files.insert(identity.file) }
    guardian.with { lockedFile = identity }
    var sign = Self.lockRange(at: Self.lockOffset + 1)
    _ = fcntl(descriptor, F_SETLK, &sign)
    return .acquired
  }

  func otherWriter() throws(StoreError) -> LockResult? {
    var exclusive = Self.lockRange(at: Self.lockOffset)
    guard
      retrying({ filtered(.lock) { fcntl(descriptor, Self.getOpenFileLock, &exclusive) } }) == 0
    else { throw lockError("look at the lock of") }
    return exclusive.l_type == Int16(F_UNLCK) ? nil : .held(processID: signedProcess())
  }

  private func signedProcess() -> Int32? {
    var holder = Self.lockRange(at: Self.lockOffset + 1)
    guard fcntl(descriptor, F_GETLK, &holder) == 0, holder.l_type != Int16(F_UNLCK) else {
      return nil
    }
    return holder.l_pid > 0 ? holder.l_pid : nil
  }

  func close() {
    guardian.with {
      guard !isClosed else { return }
      isClosed = true
      // The lock ends with the last descriptor of the open file, and a child has one of it too: given
      // back in so many words it is free although the child lives.
      if let lockedFile, !forkGuard.isChild {
        Self.locked.with { files in _ = files.remove(lockedFile.file) }
        var free = Self.lockRange(at: Self.lockOffset)
        free.l_type = Int16(F_UNLCK)
        _ = fcntl(descriptor, Self.setOpenFileLock, &free)
      }
      systemClose(descriptor)
    }
  }

  /// The files that this process has open for writing.
  private static let locked = LockedFiles()

  private func lockError(_ verb: String) -> StoreError {
    var error = systemError(verb, path)
    if [ENOLCK, EOPNOTSUPP, EINVAL, ENOSYS].contains(error.errno ?? 0) {
      error.message += ": this file system has no locks that hold; use a local one"
    }
    return error
  }

  private func refuseChild() throws(StoreError) {
    guard !forkGuard.isChild else { throw StoreError.openedByParent(path) }
  }

  private func filtered(_ call: SystemCallFilter.Call, _ body: () -> Int32) -> Int32 {
    if let filter, case .fails(let number) = filter.answer(call, path) {
      errno = number
      return -1
    }
    return body()
  }

  private func filtered(
    _ call: SystemCallFilter.Call, _ count: Int, _ body: (Int) -> Int
  ) -> Int {
    guard let filter else { return body(count) }
    switch filter.answer(call, path) {
    case .proceed: return body(count)
    case .shortens(let most): return body(min(count, most))
    case .fails(let number):
      errno = number
      return -1
    }
  }

  private static let lockOffset: off_t = 1 << 61
  #if canImport(Darwin)
    private static let setOpenFileLock: Int32 = 90
    private static let getOpenFileLock: Int32 = 92
  #else
    private static let setOpenFileLock: Int32 = 37
    private static let getOpenFileLock: Int32 = 36
  #endif

  private static func lockRange(at start: off_t) -> flock {
    var range = flock()
    range.l_type = Int16(F_WRLCK)
    range.l_whence = Int16(SEEK_SET)
    range.l_start = start
    range.l_len = 1
    return range
  }

  private func position(_ offset: UInt64, _ done: Int) throws(StoreError) -> off_t {
    guard !isClosed else { throw StoreError(.closed, "\(path) is closed") }
    guard offset < UInt64(Self.lockOffset), done < 1 << 48 else {
      throw StoreError(.tooLarge, "\(path) cannot have a byte at \(offset)")
    }
    return off_t(offset) + off_t(done)
  }
}

/// Files by device and inode.
private final class LockedFiles: @unchecked Sendable {
  private let lock = Lock()
  private var files: Set<FileIdentity.File> = []
  func with<R>(_ body: (inout Set<FileIdentity.File>) -> R) -> R { lock.with { body(&files) } }
}

private func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
  open(path, flags, mode)
}
#if os(Linux)
  private func systemReserve(_ descriptor: Int32, _ start: off_t, _ length: off_t) -> Int32 {
    let result = posix_fallocate(descriptor, start, length)
    errno = result
    return result == 0 ? 0 : -1
  }
#endif
private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }
private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }

private func systemError(_ verb: String, _ path: String) -> StoreError {
  let number = errno
  let text =
    number == ELOOP ? "a link stands where a file must be" : String(cString: strerror(number))
  let code: StoreError.Code =
    switch number {
    case ENOENT, ENOTDIR: .notFound
    case EEXIST: .exists
    case EACCES, EPERM: .permission
    case EROFS: .permission
    case ENOSPC, EDQUOT, EFBIG: .diskFull
    case EISDIR, ELOOP, ENXIO: .notADatabase
    default: .io
    }
  return StoreError(code, "cannot \(verb) \(path): \(text)", errno: number)
}
