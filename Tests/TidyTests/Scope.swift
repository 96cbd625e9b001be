/// Which files a rule speaks of.
struct Scope: Sendable {
  let covers: @Sendable (SourceFile) -> Bool

  init(_ covers: @escaping @Sendable (SourceFile) -> Bool) {
    self.covers = covers
  }

  /// Every text file of the repository.
  static let everything = Scope { _ in true }
  /// Every Swift file.
  static let swift = Scope { $0.isSwift }
  /// The Swift files of all modules.
  static let sources = swift(under: "Sources")

  static func swift(under folders: String...) -> Scope {
    Scope { file in file.isSwift && folders.contains { file.isUnder($0) } }
  }
}
