import Testing

@Test func BTreeplaceholder() { #expect(Bool(true)) }
