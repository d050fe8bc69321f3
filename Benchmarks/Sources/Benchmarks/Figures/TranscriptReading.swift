import EventLoop
import Foundation
import JSON
import TestSupport
import Transcripts

/// How fast a transcript is read, and what commands about a session cost when its transcript is long.
func transcriptReading(_ stage: Stage) async throws -> [Figure] {
    let sizes = [("100 KB", 100 << 10), ("10 MB", 10 << 20), ("1 GB", 1 << 30)]
    var figures: [Figure] = []
    var transcripts: [String] = []
    for (index, size) in sizes.enumerated() {
        let session = "long-\(index)"
        try await stage.run("create", "-q", "--id", session)
        try await stage.run("ask", session, "TOOL echo hi")
        let path = try await stage.transcript(of: session)
        let entries = try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) }
        // By rename: the supervisor then reads the file from its beginning.
        try LongTranscript(entries).write(to: path + ".new", bytes: size.1)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        try FileManager.default.moveItem(atPath: path + ".new", toPath: path)
        transcripts.append(path)
    }
    try await supervisorIsQuiet(stage)

    let reading = try await alternately(
        3, { try await milliseconds { try await stage.bare("wc", ["-l", transcripts[2]]) } },
        { try await milliseconds { try await read(transcripts[2]) } })
    let megabytes = Double(sizes[2].1) / 1_048_576
    figures.append(Figure(
        key: "reading", name: "reading a 1 GB transcript (\(Report.number(megabytes / reading[1].median * 1000)) MB/s), entries parsed",
        unit: "ms", value: reading[1].median, minimum: reading[1].minimum,
        floor: .init(name: "`wc -l`", value: reading[0].median, minimum: reading[0].minimum)))

    for (command, title) in [("status", "`status`"), ("last-message", "`last-message`")] {
        let samples = try await alternately(
            40, { try await milliseconds { try await stage.bare("/bin/true") } }, { try await stage.time(command, "long-0") },
            { try await stage.time(command, "long-1") }, { try await stage.time(command, "long-2") })
        for (index, size) in sizes.enumerated() {
            figures.append(Figure(
                "\(command)-\(size.0.replacing(" ", with: ""))", "\(title), transcript of \(size.0)", samples[index + 1],
                floor: index == 0 ? ("`/bin/true`", samples[0]) : ("with 100 KB", samples[1]),
                aim: .aboveFloor(atMost: index == 0 ? 10 : 2)))
        }
    }
    for index in sizes.indices { try await stage.run("kill", "long-\(index)") }
    for path in transcripts { try FileManager.default.removeItem(atPath: path) }
    return figures
}

/// All entries, as the supervisor reads them.
private func read(_ path: String) async throws {
    let loop = try EventLoop(name: "reading")
    try await EntryCount(loop).read(path)
    await loop.shutdown()
}

private actor EntryCount {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var entries = 0

    init(_ loop: EventLoop) { self.loop = loop }

    func read(_ path: String) async throws {
        let tail = TranscriptTail(on: loop, path: path, from: .beginning) { [unowned self] in entries += $0.entries.count }
        await tail.drain()
        tail.close()
        guard entries > 0 else { throw BenchmarkError("\(path) has no entries") }
    }
}

/// Returns when the supervisor has read what is new: it uses no processor.
private func supervisorIsQuiet(_ stage: Stage) async throws {
    let process = try await stage.supervisorProcess
    var before = -1.0
    for _ in 0..<240 {
        let now = ProcessUsage.processorTime(of: process) ?? 0
        if before >= 0, now - before < 10 { return }
        before = now
        try await Task.sleep(for: .milliseconds(500))
    }
    throw BenchmarkError("the supervisor does not come to rest")
}
