import PageStore
import Testing

@testable import CareFS

/// Errors of the layers below, as callers know them.
struct ErrorMappingTests {
  private static let codes: [(StoreError.Code, DatabaseError.Code)] = [
    (.corrupt, .corrupt), (.notADatabase, .notADatabase), (.newerFormat, .newerFormat),
    (.tooLarge, .tooLarge), (.diskFull, .diskFull), (.io, .io), (.closed, .closed),
    (.poisoned, .poisoned), (.busy, .busy), (.readOnly, .readOnly), (.notFound, .notFound),
    (.exists, .exists), (.permission, .permission),
  ]

  @Test func everyCodeOfTheStoreHasItsOwn() {
    for (code, expected) in Self.codes {
      let error = StoreError(code, "what happened", page: 7, errno: 5)
      let reported = DatabaseError.reported(error) as? DatabaseError
      #expect(reported?.code == expected)
      #expect(reported?.message == "what happened")
      #expect(reported?.page == 7)
      #expect(reported?.systemError == 5)
    }
  }

  @Test func rowsAndDocumentsHaveCodesToo() throws {
    let errors: [(RowError, DatabaseError.Code)] = [
      (.corrupt("x"), .corrupt), (.typeMismatch(expected: .int, found: nil), .typeMismatch),
      (.typeMismatch(expected: .int, found: .text), .typeMismatch),
      (.notComparable, .invalidExpression), (.noDocuments, .corrupt), (.tooLarge, .tooLarge),
    ]
    for (error, code) in errors {
      #expect((DatabaseError.reported(error) as? DatabaseError)?.code == code)
      let isRefusal = DatabaseError.refusal(error) != nil
      #expect(isRefusal == (code != .corrupt))
    }
    let json = #expect(throws: JSONError.self) { try JSON(validating: "{") }
    #expect((DatabaseError.reported(try #require(json)) as? DatabaseError)?.code == .invalidJSON)
    struct Own: Error {}
    #expect(DatabaseError.reported(Own()) is Own)
    #expect(DatabaseError.refusal(Own()) == nil)
    #expect(DatabaseError.refusal(StoreError(.io, "x")) == nil)
  }
}
