import Foundation
import Testing

@testable import CareFS

extension ByteSource {
  /// Everything that is left, read in pieces of odd sizes.
  func readAll() throws -> [UInt8] {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4097)
    while true {
      let count = try piece.withUnsafeMutableBytes { try read(into: $0) }
      if count == 0 { return all }
      all += piece[..<count]
    }
  }
}

@Suite struct GzipSourceTests {
  /// What gzip makes of "hello hello hello hello\n": one block with the fixed code.
  static let hello: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57,
    0xC8, 0x40, 0x27, 0xB9, 0x00, 0x00, 0x88, 0x59, 0x0B, 0x18, 0x00, 0x00, 0x00,
  ]

  static func expand(_ bytes: [UInt8], step: Int = .max) throws -> [UInt8] {
    try GzipSource(MemorySource(bytes, step: step)).readAll()
  }

  @Test func checksumsAsPublished() {
    var sum = CRC32()
    Array("123456789".utf8).withUnsafeBytes { sum.add($0) }
    #expect(sum.value == 0xCBF4_3926)
    var pieces = CRC32()
    let text = Array("The quick brown fox jumps over the lazy dog".utf8)
    for byte in text { withUnsafeBytes(of: byte) { pieces.add($0) } }
    #expect(pieces.value == 0x414F_A339)
  }

  /// What the gzip tool makes of bytes; nil, with the reason printed, where it is not installed.
  static func gzip(_ bytes: [UInt8], level: Int = 6) -> [UInt8]? {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("gzip-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-c", "-\(level)", file.path]
    process.standardOutput = pipe
    guard (try? Data(bytes).write(to: file)) != nil, (try? process.run()) != nil else {
      print("skipped: no gzip tool")
      return nil
    }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? Array(data) : nil
  }

  /// A gzip file of stored blocks.
  static func stored(_ bytes: [UInt8], block: Int) -> [UInt8] {
    var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(block)
      rest = rest.dropFirst(block)
      let size = UInt16(piece.count)
      file += [rest.isEmpty ? 1 : 0, UInt8(size & 0xFF), UInt8(size >> 8)]
      file += [UInt8(~size & 0xFF), UInt8(~size >> 8)] + piece
    } while !rest.isEmpty
    var sum = CRC32()
    bytes.withUnsafeBytes { sum.add($0) }
    for value in [sum.value, UInt32(bytes.count)] {
      for shift: UInt32 in [0, 8, 16, 24] { file.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    return file
  }

  /// Text with repeats near and far, and noise.
  static func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    while bytes.count < count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let pick = Int(state >> 33)
      if pick % 3 == 0, bytes.count > 100 {
        let distance = pick / 3 % min(bytes.count, 32_768) + 1
        for _ in 0..<(pick / 7 % 300 + 3) { bytes.append(bytes[bytes.count - distance]) }
      } else {
        bytes.append(contentsOf: "patient \(pick % 1000), ".utf8)
        bytes.append(UInt8(truncatingIfNeeded: pick))
      }
    }
    return Array(bytes.prefix(count))
  }

  @Test func expandsEveryKindOfBlock() throws {
    #expect(try Self.expand(Self.hello) == Array("hello hello hello hello\n".utf8))
    #expect(try Self.expand(Self.hello, step: 1) == Array("hello hello hello hello\n".utf8))
    for count in [0, 1, 300, 70_000] {
      let bytes = Self.text(count)
      #expect(try Self.expand(Self.stored(bytes, block: 997)) == bytes)
      #expect(try Self.expand(Self.stored(bytes, block: 65_535), step: 7) == bytes)
    }
    for level in [1, 6, 9] {
      let bytes = Self.text(400_000, seed: UInt64(level))
      guard let file = Self.gzip(bytes, level: level) else { continue }
      #expect(try Self.expand(file) == bytes)
      #expect(try Self.expand(file, step: 13) == bytes)
    }
  }

  @Test func readsSeveralMembersAndPadding() throws {
    let two = Self.hello + Self.stored(Array("and more".utf8), block: 3)
    let expected = Array("hello hello hello hello\nand more".utf8)
    for step in [1, 5, .max] {
      #expect(try Self.expand(two, step: step) == expected)
      #expect(try Self.expand(two + [0, 0, 0], step: step) == expected)
      #expect(throws: FormatError.self) { try Self.expand(two + [1], step: step) }
      #expect(throws: FormatError.self) { try Self.expand(two + [0x1F, 0x8B], step: step) }
    }
  }

  @Test func readsEveryHeaderField() throws {
    var file = Self.hello
    file[3] = 0x1E
    let fields: [UInt8] = [2, 0, 9, 9] + Array("name\0comment\0".utf8) + [1, 2]
    file.insert(contentsOf: fields, at: 10)
    #expect(try Self.expand(file) == Array("hello hello hello hello\n".utf8))
  }

  @Test func everyTruncationThrows() throws {
    let bytes = Self.text(3000)
    for file in [Self.hello, Self.stored(bytes, block: 700), Self.gzip(bytes) ?? Self.hello] {
      for length in 0..<file.count {
        #expect(throws: FormatError.self, "\(length)") { try Self.expand(Array(file[..<length])) }
      }
    }
  }

  @Test func everyFlippedBitIsNoticedOrHarmless() throws {
    let bytes = Self.text(900)
    for file in [Self.hello, Self.gzip(bytes) ?? Self.stored(bytes, block: 100)] {
      let whole = try Self.expand(file)
      for index in file.indices {
        for bit in 0..<8 {
          var changed = file
          changed[index] ^= 1 << bit
          // Flips in time stamp and system change nothing.
          guard let result = try? Self.expand(changed) else { continue }
          #expect(result == whole, "byte \(index)")
        }
      }
    }
  }

  @Test func tellsGzipFromOtherBytes() throws {
    #expect(try GzipSource.detecting(MemorySource(Self.hello, step: 1)).readAll().count == 24)
    for plain: [UInt8] in [[], [0x1F], [0x1F, 0x8C, 1], Array("id,name\n".utf8)] {
      #expect(try GzipSource.detecting(MemorySource(plain, step: 1)).readAll() == plain)
    }
    #expect(throws: FormatError.self) { try Self.expand(Array("plain text".utf8)) }
    #expect(throws: FormatError.self) { try Self.expand([]) }
  }

  @Test func expandsTheRealExamples() throws {
    guard let folder = SharedData.folder("fhir") else { return }
    let file = Array(
      try Data(contentsOf: folder.appendingPathComponent("r4-examples.ndjson.gz")))
    let bytes = try Self.expand(file)
    #expect(bytes.count > 40_000_000)
    #expect(bytes.last == UInt8(ascii: "\n"))
  }
}
