import Foundation

/// What a process costs, as Linux tells it in `/proc`; nil elsewhere.
enum ProcessUsage {
    /// Resident memory and the process's share of it, in megabytes.
    static func memory(of processID: Int) -> (resident: Double, proportional: Double)? {
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/smaps_rollup", encoding: .utf8) else { return nil }
        func megabytes(_ key: String) -> Double? {
            text.split(separator: "\n").first { $0.hasPrefix(key + ":") }?
                .split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
        }
        guard let resident = megabytes("Rss"), let proportional = megabytes("Pss") else { return nil }
        return (resident, proportional)
    }

    /// Time on a processor since its start, in milliseconds; its children do not count.
    static func processorTime(of processID: Int) -> Double? {
        let folder = "/proc/\(processID)/task"
        guard let threads = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        let nanoseconds = threads.compactMap { thread in
            (try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8))?
                .split(separator: " ").first.flatMap { Double($0) }
        }
        return nanoseconds.reduce(0, +) / 1_000_000
    }
}
