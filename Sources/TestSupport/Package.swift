import Foundation

/// The places of this package on disk.
public enum Package {
    /// The folder of `Package.swift`.
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()

    /// An executable that was built with the tests: it stands beside the test bundle.
    /// - Throws: `TestSupportError` when it has not been built.
    public static func executable(_ name: String) throws -> String {
        let folder =
            Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
            ?? Bundle.main.bundleURL
        let path = folder.appending(path: name).path()
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestSupportError(.missing, "\(path) is not there: swift build --product \(name)")
        }
        return path
    }

    /// The bytes of a file under `Tests`, such as `TranscriptsTests/Fixtures/claude/plain.jsonl`.
    public static func fixture(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: root).appending(path: "Tests").appending(path: path)))
    }
}
