import Foundation
import TestSupport

let groups: [(name: String, measure: (Stage) async throws -> [Figure])] = [
    ("start", commandStart), ("create", createAndSend), ("wait", waitLatency),
    ("fan-out", { try await fanOut($0) }), ("reading", transcriptReading), ("many", { try await manySessions($0) }),
    ("codex", { _ in try await codex() }),
]

let arguments = Array(CommandLine.arguments.dropFirst())
let chosen = Set(arguments.filter { !$0.hasPrefix("--") })
guard chosen.isSubset(of: groups.map(\.name)), arguments.allSatisfy({ !$0.hasPrefix("--") || $0 == "--check" }) else {
    print("usage: Benchmarks/run [--check] [\(groups.map(\.name).joined(separator: " | "))]…")
    exit(2)
}

let figures = try await Stage.with { stage in
    var figures: [Figure] = []
    for group in groups where chosen.isEmpty || chosen.contains(group.name) {
        FileHandle.standardError.write(Data("measuring: \(group.name)\n".utf8))
        figures += try await group.measure(stage)
    }
    return figures
}
print(Report(figures: figures).markdown)
if arguments.contains("--check") {
    let violations = try Thresholds.load(Package.root + "/Benchmarks/thresholds.json").violations(of: figures)
    for violation in violations { print("too slow: \(violation)") }
    exit(violations.isEmpty ? 0 : 1)
}
