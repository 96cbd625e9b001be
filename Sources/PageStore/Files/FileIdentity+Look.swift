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

extension FileIdentity {
  /// What an open descriptor is, or nil with the reason in `errno`.
  static func of(_ descriptor: Int32) -> FileIdentity? {
    #if os(Linux)
      look(descriptor, "", statx_empty_path)
    #else
      var status = stat()
      return fstat(descriptor, &status) == 0 ? FileIdentity(status) : nil
    #endif
  }

  /// What a path names, a link itself and not what it leads to, or nil with the reason in `errno`.
  static func at(_ path: String) -> FileIdentity? {
    #if os(Linux)
      look(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW)
    #else
      var status = stat()
      return lstat(path, &status) == 0 ? FileIdentity(status) : nil
    #endif
  }

  #if os(Linux)
    /// Asks for no times. Who is told a file's times makes its next write give it new ones, and its
    /// next sync write those as well: on ext4 that costs a commit of one row a third more.
    private static func look(_ folder: Int32, _ path: String, _ flags: Int32) -> FileIdentity? {
      var found = statx()
      let wanted = UInt32(STATX_TYPE | STATX_NLINK | STATX_INO)
      guard statx(folder, path, flags, wanted, &found) == 0 else { return nil }
      return FileIdentity(
        device: UInt64(found.stx_dev_major) << 32 | UInt64(found.stx_dev_minor),
        inode: found.stx_ino, linkCount: UInt64(found.stx_nlink),
        isRegular: found.stx_mode & 0o170000 == 0o100000)
    }
  #else
    private init(_ status: stat) {
      self.init(
        device: UInt64(truncatingIfNeeded: status.st_dev),
        inode: UInt64(truncatingIfNeeded: status.st_ino),
        linkCount: UInt64(truncatingIfNeeded: status.st_nlink),
        isRegular: (status.st_mode & S_IFMT) == S_IFREG)
    }
  #endif
}
