// swift-tools-version: 6.1
import PackageDescription

/// What Tests/Torture needs to plant bugs in the engine and to decide which thread goes on.
let testSwitches: [SwiftSetting] = [
  .define("TEST_SWITCHES", .when(traits: ["TestSwitches"]))
]

/// What scripts/fuzz.sh links libFuzzer with.
let fuzzing: [SwiftSetting] = [.define("FUZZING", .when(traits: ["Fuzzing"]))]

let package = Package(
  name: "CareFS",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "CareFS", targets: ["CareFS"]),
    .library(name: "CareModel", targets: ["CareModel"]),
    .library(name: "CareFSTestSupport", targets: ["CareFSTestSupport"]),
    .executable(name: "carefs", targets: ["carefs"]),
  ],
  traits: [
    .trait(
      name: "TestSwitches",
      description: "Compiles in the switches of Tests/Torture: planted bugs and scheduled threads."),
    .trait(name: "Fuzzing", description: "Makes CareFuzz a fuzzer; scripts/fuzz.sh builds it."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(name: "CStatx"),
    .target(
      name: "PageStore",
      dependencies: [.target(name: "CStatx", condition: .when(platforms: [.linux]))],
      swiftSettings: testSwitches),
    .target(name: "BTree", dependencies: ["PageStore"], swiftSettings: testSwitches),
    .target(
      name: "CareFS", dependencies: ["BTree", "PageStore", "CLZ4"], swiftSettings: testSwitches),
    .target(name: "CareModel", dependencies: ["CareFS"]),
    .target(
      name: "CareFSTestSupport", dependencies: ["CareFS", "PageStore"],
      swiftSettings: testSwitches),
    .executableTarget(
      name: "carefs",
      dependencies: [
        "CareFS", "CareModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "CareTorture",
      dependencies: [
        "CareFS", "CareModel", "CareFSTestSupport", "BTree", "PageStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Torture", exclude: ["RealDisks"], swiftSettings: testSwitches),
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .target(
      name: "CareFuzzTargets", dependencies: ["CareFS", "CareFSTestSupport", "PageStore"],
      path: "Tests/Fuzz/Targets"),
    .executableTarget(
      name: "CareFuzz", dependencies: ["CareFuzzTargets", "CLibFuzzer"], path: "Tests/Fuzz/Fuzzer",
      swiftSettings: fuzzing),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["CareFuzzTargets", "CareFS", "CareFSTestSupport", "PageStore"],
      path: "Tests/Fuzz/Replay"),
    .testTarget(name: "PageStoreTests", dependencies: ["PageStore", "CareFSTestSupport"]),
    .testTarget(name: "BTreeTests", dependencies: ["BTree", "PageStore", "CareFSTestSupport"]),
    .testTarget(
      name: "CareFSTests", dependencies: ["CareFS", "CareFSTestSupport", "PageStore"]),
    .testTarget(
      name: "CareModelTests", dependencies: ["CareModel", "CareFS"], exclude: ["hospital.json"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["CareFS", "CareModel", "carefs"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "SecurityTests",
      dependencies: ["CareFS", "CareFSTestSupport", "PageStore", "carefs", "CareTorture"]),
    .testTarget(name: "TidyTests"),
  ],
  swiftLanguageModes: [.v6]
)
