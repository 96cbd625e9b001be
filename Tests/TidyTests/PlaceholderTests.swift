import Testing

@Test func Tidyplaceholder() { #expect(Bool(true)) }
