import Testing

@Test func CareFSplaceholder() { #expect(Bool(true)) }
