import EventLoop
import Foundation
import JSON
import Testing

@testable import Transcripts

@Suite("Following a transcript", .timeLimit(.minutes(2)))
struct TailTests {
    @Test("each look delivers what is new, once, with the offsets of its lines")
    func growth() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            #expect(await owner.look() == [])
            #expect(await owner.position == nil)
            try file.append(numbers: 1...3)
            #expect(await owner.look(times: 3) == [1, 2, 3])
            let length = ScratchFile.line(1).utf8.count
            #expect(await owner.last?.offsets == [0, length, 2 * length])
            #expect(await owner.last?.restarted == false)
            #expect(await owner.look() == [])
            try file.append(numbers: [4])
            #expect(await owner.look() == [4])
            #expect(await owner.position?.offset == 4 * length)
        }
    }

    @Test("a line is delivered when it is complete, wherever it was cut")
    func partial() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: [1])
            let bytes = Array(ScratchFile.line(2).utf8)
            for byte in bytes.dropLast() {
                try file.append([byte])
                await owner.look()
            }
            #expect(await owner.numbers == [1])
            #expect(await owner.position?.offset == ScratchFile.line(1).utf8.count)
            try file.append([bytes.last!])
            await owner.look()
            #expect(await owner.numbers == [1, 2])
            #expect(await owner.malformedLines == 0)
        }
    }

    @Test("a truncated file is read from its beginning, and that is said once")
    func truncation() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: 1...5)
            try file.append("{\"half")
            await owner.look()
            try file.truncate()
            #expect(await owner.look() == [])
            #expect(await owner.last?.restarted == true)
            try file.append(numbers: [6])
            #expect(await owner.look() == [6])
            #expect(await owner.last?.restarted == false)
            try file.truncate()
            try file.append(numbers: [])
            await owner.look()
            #expect(await owner.batches.filter(\.restarted).count == 2)
        }
    }

    @Test("a file that another one replaced is read from its beginning, be it longer or shorter")
    func replacement() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: 1...5)
            await owner.look()
            for (index, numbers) in [Array(10...30), [7]].enumerated() {
                try file.replace(with: numbers.map(ScratchFile.line).joined())
                #expect(await owner.look() == numbers)
                #expect(await owner.last?.restarted == true)
                #expect(await owner.batches.filter(\.restarted).count == index + 1)
            }
        }
    }

    @Test("a deleted file is read to its end; one made anew, from its beginning")
    func deletion() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: [1])
            await owner.look()
            try file.append(numbers: [2])
            try file.delete()
            #expect(await owner.look() == [2])
            #expect(await owner.look() == [])
            #expect(await owner.position == nil)
            // The new file is often given the old one's inode.
            try file.append(numbers: 3...4)
            #expect(await owner.look() == [3, 4])
            #expect(await owner.last?.restarted == true)
        }
    }

    @Test("a file made anew between two looks is read from its beginning")
    func unseenDeletion() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: [1])
            await owner.look()
            try file.delete()
            try file.append(numbers: [2, 3])
            #expect(await owner.look() == [2, 3])
            #expect(await owner.last?.restarted == true)
        }
    }

    @Test("lines that are no entries are skipped, counted and told once")
    func malformed() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: [1])
            try file.append(Array("{\"type\":\"".utf8) + [0xFF, 0xFE] + Array("\"}\n{\"cut\n[]\n\n  \r\n".utf8))
            try file.append(numbers: [2])
            #expect(await owner.look() == [1, 2])
            #expect(await owner.last?.malformedLines == 3)
            #expect(await owner.last?.problem?.code == .malformedLine)
            try file.append(numbers: [3])
            await owner.look()
            #expect(await owner.malformedLines == 3)
            #expect(await owner.last?.problem == nil)
        }
    }

    @Test("a stored position is where the next tail goes on")
    func resumption() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let first = TailOwner(on: loop)
            await first.follow(file.path)
            try file.append(numbers: 1...3)
            try file.append("{\"type\":\"note\",")
            await first.look()
            let position = try #require(await first.position)
            #expect(try JSON.encode(position).decode(TranscriptPosition.self) == position)
            try file.append("\"n\":4}\n")

            let second = TailOwner(on: loop)
            await second.follow(file.path, from: .position(position))
            #expect(await second.look() == [4])
            #expect(await second.last?.restarted == false)

            try file.truncate(to: 10)
            let third = TailOwner(on: loop)
            await third.follow(file.path, from: .position(position))
            await third.look()
            #expect(await third.last?.restarted == true)

            try file.replace(with: (1...9).map(ScratchFile.line).joined())
            let fourth = TailOwner(on: loop)
            await fourth.follow(file.path, from: .position(position))
            #expect(await fourth.look() == Array(1...9))
            #expect(await fourth.last?.restarted == true)
        }
    }

    @Test("from the end means behind the last complete line")
    func end() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let early = TailOwner(on: loop)
            await early.follow(file.path, from: .end)
            await early.look()
            try file.append(numbers: [1])
            #expect(await early.look() == [1])

            try file.append("{\"type\":\"note\",\"n\":2")
            let late = TailOwner(on: loop)
            await late.follow(file.path, from: .end)
            #expect(await late.look() == [])
            try file.append("}\n")
            try file.append(numbers: [3])
            #expect(await late.look() == [2, 3])
        }
    }

    @Test("many bytes are read off the loop, in order, and looks meanwhile lead to one more")
    func backlog() async throws {
        let file = try ScratchFile()
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            try file.append(numbers: 1...20_000)
            #expect(await owner.glance())
            try file.append(numbers: 20_001...20_003)
            for _ in 0..<10 { _ = await owner.glance() }
            await owner.wait { $0.numbers.count == 20_003 }
            #expect(await owner.numbers == Array(1...20_003))
            #expect(await owner.malformedLines == 0)
        }
    }

    @Test("a line of 64 MB is delivered whole, and one past the bound is skipped without being held")
    func longLines() async throws {
        let file = try ScratchFile()
        let filler = String(repeating: "x", count: 1 << 20)
        try file.append("{\"type\":\"note\",\"n\":1,\"text\":\"")
        for _ in 0..<64 { try file.append(filler) }
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            await owner.look()
            try file.append("\"}\n")
            try file.append(numbers: [2])
            #expect(await owner.look() == [1, 2])
            #expect(await owner.last?.entries.first?.json["text"]?.string?.utf8.count == 64 << 20)

            let bounded = TailOwner(on: loop)
            await bounded.follow(file.path, maximumLineLength: 1 << 20)
            #expect(await bounded.look() == [2])
            #expect(await bounded.malformedLines == 1)
            #expect(await bounded.batches.compactMap(\.problem).map(\.code) == [.overlongLine])
        }
    }

    @Test("what cannot be read is told when that begins, and reading goes on when it can")
    func unreadable() async throws {
        let file = try ScratchFile()
        try FileManager.default.createDirectory(atPath: file.path, withIntermediateDirectories: false)
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            await owner.look()
            await owner.look()
            #expect(await owner.batches.compactMap(\.problem).map(\.code) == [.unreadable])
            try FileManager.default.removeItem(atPath: file.path)
            try file.append(numbers: [1])
            #expect(await owner.look() == [1])
        }
    }

    @Test("a closed tail delivers nothing, not even what is being read")
    func closing() async throws {
        let file = try ScratchFile()
        try file.append(numbers: 1...20_000)
        try await withLoop { loop in
            let owner = TailOwner(on: loop)
            await owner.follow(file.path)
            #expect(await owner.glance())
            await owner.close()
            await owner.look()
            #expect(await owner.numbers.count < 20_000)
            let count = await owner.batches.count
            try file.append(numbers: [1])
            await owner.look()
            #expect(await owner.batches.count == count)
        }
    }
}
