import Testing

@Test func CommandLineplaceholder() { #expect(Bool(true)) }
