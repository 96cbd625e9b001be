import Testing

@Test func CareModelplaceholder() { #expect(Bool(true)) }
