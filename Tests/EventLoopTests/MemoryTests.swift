@testable import EventLoop
import Testing

@Suite("Memory", .timeLimit(.minutes(2)))
struct MemoryTests {
    @Test("ten thousand handles that come and go leave nothing behind")
    func cycles() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let listener = try StreamListener(on: loop, unixPath: directory("s")) { $0.close() }
            var growth: [Int] = []
            // Other tests run meanwhile: a leak grows in every round, they do not. The first one makes room.
            while growth.count < 60, !growth.dropFirst().contains(where: { $0 < 25 }) {
                let before = try residentPages()
                for number in 0..<2000 {
                    let timer = LoopTimer(on: loop)
                    timer.schedule(after: .seconds(3600)) { _ = timer }
                    let watch = DirectoryWatch(on: loop, directory: directory.path) { _ in _ = timer }
                    let stream = try await ByteStream.connect(on: loop, unixPath: directory("s"))
                    stream.read { _ in _ = stream }
                    stream.write([1]) { _ in _ = stream }
                    if number.isMultiple(of: 100) { try await loop.offload {} }
                    stream.close()
                    watch.close()
                    timer.close()
                }
                growth.append(try residentPages() - before)
            }
            listener.close()
            // 2,000 rounds of handles that leaked 100 bytes each would take 50 pages a round.
            #expect(growth.dropFirst().contains { $0 < 25 }, "pages: \(growth)")
        }
    }

    @Test("a closed handle is freed with what its closures held")
    func release() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            weak var held: Log<Int>?
            weak var timer: LoopTimer?
            weak var stream: ByteStream?
            do {
                let log = Log<Int>()
                held = log
                let aTimer = LoopTimer(on: loop)
                timer = aTimer
                aTimer.schedule(after: .seconds(3600)) { log.append(aTimer.isScheduled ? 1 : 0) }
                let listener = try StreamListener(on: loop, unixPath: directory("s")) { stream in
                    log.append(stream.queuedBytes)
                    stream.close()
                }
                let aStream = try await ByteStream.connect(on: loop, unixPath: directory("s"))
                stream = aStream
                aStream.read { _ in log.append(aStream.queuedBytes) }
                let signal = try SignalWatch(on: loop, signal: 12) { log.append(1) }
                let watch = DirectoryWatch(on: loop, directory: directory.path) { _ in log.append(1) }
                aTimer.close()
                aStream.close()
                listener.close()
                signal.close()
                watch.close()
            }
            try await loop.sleep(for: .milliseconds(2))
            #expect(held == nil)
            #expect(timer == nil)
            #expect(stream == nil)
        }
    }
}

/// Linux counts a process's pages in /proc; elsewhere nothing is measured.
private func residentPages() throws -> Int {
    guard let bytes = try? FileReader.contents(of: "/proc/self/statm") else { return 0 }
    return Int(String(decoding: bytes, as: UTF8.self).split(separator: " ")[1]) ?? 0
}
