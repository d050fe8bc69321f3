// swift-tools-version: 6.1
import PackageDescription

/// Without `NonisolatedNonsendingByDefault` every call of a nonisolated async function from an actor
/// leaves the loop's thread, at about 13 µs each way.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "dev-sessions",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "dev-sessions", targets: ["DevSessions"]),
        .executable(name: "stand-in-agent", targets: ["StandInAgent"]),
        .executable(name: "scripted-model", targets: ["ScriptedModelServer"]),
        .library(name: "CodexAppServer", targets: ["CodexAppServer"]),
        .library(name: "Transcripts", targets: ["Transcripts"]),
        .library(name: "TestSupport", targets: ["TestSupport"]),
        .library(name: "ScriptedModel", targets: ["ScriptedModel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // MARK: The program
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]),
        .systemLibrary(name: "CWslay", providers: [.apt(["libwslay-dev"]), .brew(["wslay"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .target(name: "JSON", swiftSettings: settings),
        .target(name: "EventLoop", dependencies: ["CLibuv"], swiftSettings: settings),
        .target(name: "Tmux", dependencies: ["EventLoop", "Supervision"], swiftSettings: settings),
        .target(name: "Transcripts", dependencies: ["CZstd", "EventLoop", "JSON"], swiftSettings: settings),
        .target(
            name: "CodexAppServer",
            dependencies: ["CWslay", "EventLoop", "JSON", "Supervision", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .target(name: "Supervision", swiftSettings: settings),
        .target(
            name: "Sessions",
            dependencies: [
                "CodexAppServer", "EventLoop", "JSON", "Supervision", "Tmux", "Transcripts",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "Control",
            dependencies: ["EventLoop", "JSON", "Sessions", "Transcripts", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .executableTarget(
            name: "DevSessions",
            dependencies: [
                "Control", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),

        // MARK: What tests, benchmarks and the demo share
        .target(name: "Directives", dependencies: ["JSON"], swiftSettings: settings),
        .target(
            name: "ScriptedModel",
            dependencies: ["Directives", "JSON", .product(name: "Hummingbird", package: "hummingbird")],
            swiftSettings: settings),
        .executableTarget(name: "ScriptedModelServer", dependencies: ["ScriptedModel"], swiftSettings: settings),
        .executableTarget(name: "StandInAgent", dependencies: ["Directives", "EventLoop", "JSON"], swiftSettings: settings),
        .target(name: "TestSupport", dependencies: ["EventLoop", "JSON"], swiftSettings: settings),

        // MARK: Tests
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(name: "EventLoopTests", dependencies: ["EventLoop", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "TmuxTests", dependencies: ["Tmux", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TranscriptsTests", dependencies: ["Transcripts", "TestSupport"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "CodexAppServerTests", dependencies: ["CodexAppServer", "ScriptedModel", "TestSupport"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(name: "SupervisionTests", dependencies: ["Supervision"], swiftSettings: settings),
        .testTarget(name: "SessionsTests", dependencies: ["Sessions", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ScriptedModelTests", dependencies: ["Directives", "JSON", "ScriptedModel", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "StandInAgentTests", dependencies: ["EventLoop", "JSON", "ScriptedModel", "StandInAgent", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "ControlTests", dependencies: ["Control", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "CommandTests", dependencies: ["Control", "DevSessions", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["Control", "ScriptedModel", "TestSupport", "DevSessions", "StandInAgent"],
            swiftSettings: settings),
    ]
)
