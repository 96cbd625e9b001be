// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "CareFS",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "CareFS", targets: ["CareFS"]),
    .library(name: "CareModel", targets: ["CareModel"]),
    .library(name: "CareFSTestSupport", targets: ["CareFSTestSupport"]),
    .executable(name: "carefs", targets: ["carefs"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .target(name: "PageStore"),
    .target(name: "BTree", dependencies: ["PageStore"]),
    .target(name: "CareFS", dependencies: ["BTree", "PageStore", "CLZ4"]),
    .target(name: "CareModel", dependencies: ["CareFS"]),
    .target(name: "CareFSTestSupport", dependencies: ["CareFS", "PageStore"]),
    .executableTarget(
      name: "carefs",
      dependencies: [
        "CareFS", "CareModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "PageStoreTests", dependencies: ["PageStore", "CareFSTestSupport"]),
    .testTarget(name: "BTreeTests", dependencies: ["BTree", "PageStore", "CareFSTestSupport"]),
    .testTarget(name: "CareFSTests", dependencies: ["CareFS", "CareFSTestSupport"]),
    .testTarget(
      name: "CareModelTests", dependencies: ["CareModel", "CareFS"], exclude: ["hospital.json"]),
    .testTarget(name: "CommandLineTests", dependencies: ["CareFS", "CareModel", "carefs"]),
    .testTarget(name: "TidyTests"),
  ],
  swiftLanguageModes: [.v6]
)
