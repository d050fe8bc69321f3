import Foundation
import TestSupport

/// From the last line of a turn on disk to the end of the `wait` command, which was waiting.
func waitLatency(_ stage: Stage) async throws -> [Figure] {
    try await stage.run("create", "-q", "--id", "waited")
    try await stage.run("ask", "waited", "SAY first")
    let observer = try await TranscriptObserver.start(path: try await stage.transcript(of: "waited"))
    return try await waitLatency(stage, of: "waited", seenBy: observer, key: "wait", name: "end of turn to end of `wait`")
}

/// - Parameter observer: of that session's turns; it is closed.
func waitLatency(
    _ stage: Stage, of session: String, seenBy observer: some TurnEndObserver, key: String, name: String, turns: Int = 200
) async throws -> [Figure] {
    let fifo = stage.home.path + "/fifo"
    try await stage.bare("mkfifo", [fifo])
    var latencies: [Double] = []
    var floors: [Double] = []
    while latencies.count < turns {
        let seen = await observer.count
        // Long enough for `wait` to wait, on a busy machine too.
        try await stage.run("send", session, "SLOW 0.3 done")
        let waiting = ContinuousClock.now
        async let waiter = stage.bare(try Package.executable("dev-sessions"), ["wait", session])
        let written = try await observer.time(after: seen)
        _ = try await waiter
        let end = ContinuousClock.now
        if written - waiting > .milliseconds(100) { latencies.append((end - written).inMilliseconds) }
        floors.append(try await wakeUp(by: fifo, stage))
    }
    await observer.close()
    let (samples, floor) = (Samples(latencies), Samples(floors))
    let floorName = "a bare process that reads a pipe"
    return [
        Figure(
            key: "\(key)-p50", name: "\(name), median of \(samples.count)", unit: "ms", value: samples.median,
            floor: .init(name: floorName, value: floor.median), aim: .below(10)),
        Figure(
            key: "\(key)-p99", name: "the same, 99th percentile", unit: "ms", value: samples.percentile(99),
            floor: .init(name: floorName, value: floor.percentile(99)), aim: .below(50)),
    ]
}

/// How long it takes from a write until a process that waited for it has ended.
private func wakeUp(by fifo: String, _ stage: Stage) async throws -> Double {
    async let reader = stage.bare("head", ["-c", "1", fifo])
    // Succeeds when the reader has it open, too.
    let handle = FileHandle(forWritingAtPath: fifo)
    // The reader is about to read.
    try await Task.sleep(for: .milliseconds(5))
    let start = ContinuousClock.now
    try handle?.write(contentsOf: Data("x".utf8))
    _ = try await reader
    return (ContinuousClock.now - start).inMilliseconds
}
