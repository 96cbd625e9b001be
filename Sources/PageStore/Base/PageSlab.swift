#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory for many pages in one piece, so that the system can map it with large pages: a lookup in a
/// cache of 125 MB spent most of its time on misses of the address translation.
struct PageSlab {
  static let size = 2 << 20

  let base: UnsafeMutableRawPointer

  init() {
    base = .allocate(byteCount: Self.size, alignment: Self.size)
    #if os(Linux)
      // Advice only: without it the pages are small, and all works the same.
      _ = madvise(base, Self.size, MADV_HUGEPAGE)
    #endif
  }

  func deallocate() { base.deallocate() }
}
