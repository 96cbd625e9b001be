import Testing

@Test func PageStoreplaceholder() { #expect(Bool(true)) }
