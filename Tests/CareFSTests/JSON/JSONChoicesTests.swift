import Foundation
import Testing

@testable import CareFS

/// What the engine does where JSON leaves the choice.
@Suite struct JSONChoicesTests {
  @Test func theOptionalCasesOfTheSuiteAreDecided() throws {
    var accepted: Set<String> = []
    var refused: Set<String> = []
    for file in SharedData.files("suites/JSONTestSuite/test_parsing") {
      let name = file.deletingPathExtension().lastPathComponent
      guard name.hasPrefix("i_") else { continue }
      let isRefused = JSONScannerTests.refusal(Array(try Data(contentsOf: file))) != nil
      if isRefused { refused.insert(name) } else { accepted.insert(name) }
    }
    guard !accepted.isEmpty else { return }
    #expect(accepted.filter { $0.hasPrefix("i_number") }.count == 10)
    let withoutNumbers: Set<String> = accepted.filter { !$0.hasPrefix("i_number") }
    #expect(
      withoutNumbers == [
        "i_object_key_lone_2nd_surrogate", "i_string_1st_surrogate_but_2nd_missing",
        "i_string_1st_valid_surrogate_2nd_invalid",
        "i_string_incomplete_surrogate_and_escape_valid", "i_string_incomplete_surrogate_pair",
        "i_string_incomplete_surrogates_escape_valid", "i_string_invalid_lonely_surrogate",
        "i_string_invalid_surrogate", "i_string_inverted_surrogates_U+1D11E",
        "i_string_lone_second_surrogate",
      ])
    #expect(
      refused == [
        "i_string_UTF-16LE_with_BOM", "i_string_UTF-8_invalid_sequence",
        "i_string_UTF8_surrogate_U+D800", "i_string_invalid_utf-8", "i_string_iso_latin_1",
        "i_string_lone_utf8_continuation_byte", "i_string_not_in_unicode_range",
        "i_string_overlong_sequence_2_bytes", "i_string_overlong_sequence_6_bytes",
        "i_string_overlong_sequence_6_bytes_null", "i_string_truncated-utf-8",
        "i_string_utf16BE_no_BOM", "i_string_utf16LE_no_BOM", "i_structure_500_nested_arrays",
        "i_structure_UTF-8_BOM_empty_object",
      ])
  }
}

@Suite struct JSONScalarKeyTests {
  /// The key of a document's outermost scalar; nil if it has none.
  static func key(_ text: String, _ collation: Collation = .binary) throws -> [UInt8]? {
    let json = try JSON(validating: text)
    let encoder = KeyEncoder()
    return json.withUnsafeBytes { view in
      let match = JSONMatch(kind: json.kind, range: 0..<view.count)
      let isAppended = match.appendKey(
        in: view, collation: collation, scratch: ByteBuffer(), to: encoder)
      #expect(isAppended || encoder.key.isEmpty)
      return isAppended ? Array(encoder.key) : nil
    }
  }

  @Test func ordersTruthValuesNumbersByValueAndTextsByBytes() throws {
    let ascending = [
      ["false"], ["true"], ["-1e400"], ["-9223372036854775809"],
      ["-9223372036854775808", "-9223372036854775808.0"],
      ["-2", "-2.0", "-0.2e1"], ["-1.5"], ["-1e-400"], ["0", "-0", "0.0", "0e9"], ["1e-400"],
      ["0.1", "1e-1", "0.10"], ["0.1000000000000000055"], ["1"],
      ["9007199254740992", "9007199254740992.0"],
      ["9007199254740993"], ["9007199254740993.5"], ["1e400"], ["\"\""], ["\"\\u0000\""],
      ["\"a\"", "\"\\u0061\""],
      ["\"a\\u0000\""], ["\"aa\""], ["\"b\""], ["\"é\"", "\"\\u00e9\""],
      ["\"😀\"", "\"\\ud83d\\ude00\""],
    ]
    let keys = try ascending.map { try $0.map { try #require(try Self.key($0)) } }
    for equal in keys { for key in equal { #expect(key == equal[0]) } }
    for (low, high) in zip(keys, keys.dropFirst()) {
      #expect(low[0].lexicographicallyPrecedes(high[0]))
    }
  }

  @Test func nullAndContainersHaveNoKey() throws {
    for text in ["null", "{}", "[1]"] { #expect(try Self.key(text) == nil) }
  }

  @Test func foldsCaseWhenAsked() throws {
    #expect(try Self.key("\"ÄB\"", .nocase) == Self.key("\"äb\"", .nocase))
    #expect(try Self.key("\"ÄB\"") != Self.key("\"äb\""))
  }

  @Test func tellsUniqueMembersFromDuplicates() {
    let unique = ["{}", " { \"a\" : 1 , \"b\" : {\"a\":1} } ", "[1,{\"a\":1,\"a\":2}]"]
    let others = [
      "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,\"\\u0061\":2}", "1", "", "{\"a\":1", "{\"a\" 1}", "x",
    ]
    func areUnique(_ text: String) -> Bool {
      Array(text.utf8).withUnsafeBytes { JSONMembers.areUnique(inOutermostObjectOf: $0) }
    }
    for text in unique { #expect(areUnique(text), "\(text)") }
    for text in others { #expect(!areUnique(text), "\(text)") }
    let many = (0..<1000).map { "\"\($0)\":0" }.joined(separator: ",")
    #expect(!areUnique("{\(many)}"))
  }
}
