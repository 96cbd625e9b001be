/// A page file and its log in one input: the length of the page file in four bytes, then both.
struct FilePair {
  var pages: [UInt8]
  var log: [UInt8]

  init(pages: [UInt8], log: [UInt8]) {
    self.pages = pages
    self.log = log
  }

  init?(_ input: UnsafeRawBufferPointer) {
    guard let split = Self.split(input) else { return nil }
    pages = [UInt8](input[4..<split])
    log = [UInt8](input[split...])
  }

  /// Where the log begins.
  static func split(_ input: UnsafeRawBufferPointer) -> Int? {
    guard input.count >= 4 else { return nil }
    let count = UInt32(littleEndian: input.loadUnaligned(as: UInt32.self))
    return min(Int(count), input.count - 4) + 4
  }

  /// The input.
  var bytes: [UInt8] {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: pages.count).littleEndian) { [UInt8]($0) }
      + pages + log
  }

  /// The two files, the log only if it has any bytes.
  var files: FuzzFiles {
    var files = [FuzzDatabase.path: pages]
    if !log.isEmpty { files[FuzzDatabase.log] = log }
    return FuzzFiles(files)
  }
}
