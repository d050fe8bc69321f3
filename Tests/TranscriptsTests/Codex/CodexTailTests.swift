import EventLoop
import Foundation
import Testing

@testable import Transcripts

@Suite("Following a rollout", .timeLimit(.minutes(2)))
struct CodexTailTests {
    private typealias Owner = EntryTailOwner<CodexEntry>

    /// What a reader of the whole file would be given.
    private func expected(_ recording: RolloutRecording) throws -> [CodexEntry] {
        try recording.lines.filter { !CodexEntry.isIgnorable(line: $0.bytes) }.map { try CodexEntry(line: $0.bytes) }
    }

    @Test("however it grows, each entry is delivered once, when its line is complete", arguments: try RolloutRecording.names)
    func pieces(_ name: String) async throws {
        let recording = try RolloutRecording(name)
        let expected = try expected(recording)
        try await withLoop { loop in
            for size in [61, 4096, 100_000] {
                let file = try ScratchFile()
                let owner = Owner(on: loop)
                await owner.follow(file.path)
                for start in stride(from: 0, to: recording.bytes.count, by: size) {
                    try file.append(Array(recording.bytes[start..<min(start + size, recording.bytes.count)]))
                    await owner.lookForEntries()
                }
                #expect(await owner.entries == expected)
                #expect(await owner.malformedLines == 0)
                await owner.close()
            }
        }
    }

    @Test("a line that comes byte by byte is an entry with its last byte")
    func bytes() async throws {
        let recording = try RolloutRecording("03-historymode-legacy")
        let lines = recording.lines
        let first = try #require(lines.firstIndex { CodexEntryType(peekingAt: $0.bytes) == .event })
        try await withLoop { loop in
            let file = try ScratchFile()
            let owner = Owner(on: loop)
            await owner.follow(file.path)
            try file.append(Array(recording.bytes[..<lines[first].offset]))
            await owner.lookForEntries()
            for byte in lines[first].bytes {
                try file.append([byte])
                #expect(await owner.lookForEntries() == [])
            }
            try file.append("\n")
            #expect(await owner.lookForEntries() == [try CodexEntry(line: lines[first].bytes)])
        }
    }

    @Test("it goes on behind garbage, and where a line was cut by a crash and another one follows")
    func garbage() async throws {
        try await withLoop { loop in
            let file = try ScratchFile()
            let owner = Owner(on: loop)
            await owner.follow(file.path)
            let started = RolloutLine.started("1"), completed = RolloutLine.completed("1")
            try file.append([started].lines + Array("garbage\n[]\n".utf8) + Array(started.bytes.dropLast(9)) + [10] + [completed].lines)
            #expect(await owner.lookForEntries() == [CodexEntry(started), CodexEntry(completed)])
            #expect(await owner.malformedLines == 3)
            #expect(await owner.batches.compactMap(\.problem).first?.code == .malformedLine)
        }
    }

    @Test("a file that took its path is read from its beginning")
    func replaced() async throws {
        try await withLoop { loop in
            let file = try ScratchFile()
            let owner = Owner(on: loop)
            await owner.follow(file.path)
            try file.append([RolloutLine.meta("a"), RolloutLine.started("1")].lines)
            await owner.lookForEntries()
            let other = [RolloutLine.meta("a"), RolloutLine.started("2"), RolloutLine.completed("2")]
            try file.replace(with: String(decoding: other.lines, as: UTF8.self))
            #expect(await owner.lookForEntries() == other.codexEntries)
            #expect(await owner.last?.restarted == true)
        }
    }

    @Test("what is appended while it is read is read, too")
    func growth() async throws {
        let recording = try RolloutRecording("11-approvals")
        let expected = try expected(recording)
        try await withLoop { loop in
            let file = try ScratchFile()
            let owner = Owner(on: loop)
            // More than is read within one look.
            for _ in 0..<4 { try file.append(recording.bytes) }
            await owner.follow(file.path)
            #expect(await owner.glance())
            for _ in 0..<4 { try file.append(recording.bytes) }
            await owner.lookForEntries()
            #expect(await owner.entries == Array(repeating: expected, count: 8).flatMap { $0 })
        }
    }
}
