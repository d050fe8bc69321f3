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
    try await stage.supervisorIsQuiet()

    var (lines, entries) = (0, 0)
    let reading = try await alternately(
        3, { try await milliseconds { lines = try await lineCount(of: transcripts[2], stage) } },
        { try await milliseconds { entries = try await entryCount(of: transcripts[2]) } })
    // Some of an agent's own bookkeeping is passed over.
    guard entries >= lines - 20 else { throw BenchmarkError("only \(entries) of \(lines) lines were read") }
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

private func lineCount(of path: String, _ stage: Stage) async throws -> Int {
    let output = try await stage.bare("wc", ["-l", path]).outputText
    return output.split(separator: " ").first.flatMap { Int($0) } ?? 0
}

/// Reads all entries, as the supervisor does.
private func entryCount(of path: String) async throws -> Int {
    let loop = try EventLoop(name: "reading")
    let count = await EntryCounter(loop).count(path)
    await loop.shutdown()
    return count
}

private actor EntryCounter {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var entries = 0

    init(_ loop: EventLoop) { self.loop = loop }

    func count(_ path: String) async -> Int {
        let tail = TranscriptTail(on: loop, path: path, from: .beginning) { [unowned self] in entries += $0.entries.count }
        await tail.drain()
        tail.close()
        return entries
    }
}
