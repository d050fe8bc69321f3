@testable import EventLoop
import Testing

@Suite("Directory watches", .timeLimit(.minutes(2)))
struct DirectoryWatchTests {
    @Test("what is made, written, renamed and removed in a directory is told by its name")
    func changes() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let log = Log<String?>()
            let watch = DirectoryWatch(on: loop, directory: directory.path) { log.append($0) }
            try System.append(directory("made"), [1])
            await log.wait { $0.contains("made") }
            log.clear()
            try System.append(directory("made"), [1])
            await log.wait { $0.contains("made") }
            try System.rename(directory("made"), to: directory("renamed"))
            await log.wait { $0.contains("renamed") }
            log.clear()
            try System.removeFile(directory("renamed"))
            await log.wait { $0.contains("renamed") }
            watch.close()
            watch.close()
        }
    }

    @Test("all watches of a directory share one of the system, until the last is closed")
    func shared() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let logs = (0..<500).map { _ in Log<String?>() }
            let watches = logs.enumerated().map { number, log in
                DirectoryWatch(on: loop, directory: number.isMultiple(of: 2) ? directory.path : directory("")) {
                    log.append($0)
                }
            }
            #expect(loop.handleCounts[.directoryWatch] == 1)
            for watch in watches.dropLast() { watch.close() }
            try System.append(directory("file"), [1])
            await logs[499].wait { $0.contains("file") }
            #expect(logs[0].elements.isEmpty)
            watches[499].close()
            #expect(loop.handleCounts.total == 0)
        }
    }

    @Test("a directory that is not there yet, nor its parents, is watched when it comes")
    func awaited() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let log = Log<String?>()
            let watch = DirectoryWatch(on: loop, directory: directory("a/b/c")) { log.append($0) }
            #expect(loop.handleCounts[.directoryWatch] == 1)
            try System.makeDirectory(directory("a/b/c"), withParents: true)
            await log.wait { $0.contains(nil) }
            try System.append(directory("a/b/c/file"), [1])
            await log.wait { $0.contains("file") }
            #expect(loop.handleCounts[.directoryWatch] == 1)
            watch.close()
        }
    }

    @Test("a directory that is deleted and made anew is watched again, at once", arguments: [0, 1, 20])
    func madeAnew(pause: Int) async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            // So that only events can be quick enough.
            loop.directories.interval = .seconds(3600)
            try System.makeDirectory(directory("d"))
            let log = Log<String?>()
            let watch = DirectoryWatch(on: loop, directory: directory("d")) { log.append($0) }
            for round in 0..<20 {
                try System.removeTree(directory("d"))
                if pause > 0 { try await loop.sleep(for: .milliseconds(pause)) }
                log.clear()
                try System.makeDirectory(directory("d"))
                await log.wait { $0.contains(nil) }
                try System.append(directory("d/\(round)"), [1])
                await log.wait { $0.contains("\(round)") }
            }
            watch.close()
        }
    }

    @Test("a directory that is renamed away is followed by its path, not by its name's past")
    func renamed() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            loop.directories.interval = .seconds(3600)
            try System.makeDirectory(directory("d"))
            let log = Log<String?>()
            let watch = DirectoryWatch(on: loop, directory: directory("d")) { log.append($0) }
            try System.rename(directory("d"), to: directory("old"))
            await log.wait { $0.contains(nil) }
            log.clear()
            try System.append(directory("old/stranger"), [1])
            try System.makeDirectory(directory("d"))
            await log.wait { $0.contains(nil) }
            try System.append(directory("d/file"), [1])
            await log.wait { $0.contains("file") }
            #expect(!log.elements.contains("stranger"))
            watch.close()
        }
    }

    @Test("a burst of a thousand files is seen, by name or by the hint to look everywhere")
    func burst() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let log = Log<String?>()
            let watch = DirectoryWatch(on: loop, directory: directory.path) { log.append($0) }
            let paths = (0..<1000).map { directory("\($0)") }
            try await loop.offload { for path in paths { try System.append(path, [1]) } }
            let names = Set((0..<1000).map { Optional("\($0)") })
            await log.wait { $0.count >= 1000 && Set($0).isSuperset(of: names) }
            watch.close()
        }
    }

    @Test("where the system refuses a watch, the owner is told to look, and is told by name when it no longer does")
    func refused() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            loop.directories.interval = .milliseconds(80)
            loop.directories.refusal = -SystemError.noSpace.number
            let log = Log<String?>()
            let watch = DirectoryWatch(on: loop, directory: directory.path) { log.append($0) }
            #expect(loop.handleCounts[.directoryWatch] == 0)
            await log.wait { $0.count >= 3 }
            #expect(log.elements.allSatisfy { $0 == nil })
            loop.directories.refusal = nil
            log.clear()
            await log.wait { !$0.isEmpty }
            try System.append(directory("file"), [1])
            await log.wait { $0.contains("file") }
            watch.close()
        }
    }

    @Test("the slow look goes through every directory, also where nothing was reported")
    func slowLook() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            loop.directories.interval = .milliseconds(40)
            let log = Log<Int>()
            var watches: [DirectoryWatch] = []
            for number in 0..<100 {
                try System.makeDirectory(directory("\(number)"))
                watches.append(
                    DirectoryWatch(on: loop, directory: directory("\(number)")) { if $0 == nil { log.append(number) } })
            }
            await log.wait { Set($0).count == 100 }
            for watch in watches { watch.close() }
        }
    }

    @Test("who closes the watch while being told is told no more")
    func closedWithin() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let log = Log<Int>()
            var watches: [DirectoryWatch] = []
            for number in 0..<2 {
                watches.append(
                    DirectoryWatch(on: loop, directory: directory.path) { _ in
                        log.append(number)
                        for watch in watches { watch.close() }
                    })
            }
            try System.append(directory("file"), [1])
            await log.wait { !$0.isEmpty }
            try System.append(directory("file"), [1])
            try await loop.sleep(for: .milliseconds(20))
            #expect(log.elements.count == 1)
        }
    }
}
