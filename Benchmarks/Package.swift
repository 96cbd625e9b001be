// swift-tools-version: 6.1
import PackageDescription

/// A package of its own, so that the engines we compare with never reach users of CareFS.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "CareFS", path: "..")],
  targets: [
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(
      name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .executableTarget(
      name: "CareBench",
      dependencies: ["CSQLite", "CLMDB", .product(name: "CareFS", package: "CareFS")]),
  ],
  swiftLanguageModes: [.v6]
)
