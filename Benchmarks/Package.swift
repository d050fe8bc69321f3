// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "dev-sessions", path: "..")],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                .product(name: "CodexAppServer", package: "dev-sessions"),
                .product(name: "TestSupport", package: "dev-sessions"),
                .product(name: "Transcripts", package: "dev-sessions"),
                // What is measured.
                .product(name: "dev-sessions", package: "dev-sessions"),
                .product(name: "stand-in-agent", package: "dev-sessions"),
                // Started beside it.
                .product(name: "scripted-model", package: "dev-sessions"),
            ],
            swiftSettings: settings)
    ]
)
