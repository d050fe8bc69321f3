@testable import EventLoop
import Testing

@Suite("Watches for signals and for the end of processes", .timeLimit(.minutes(2)))
struct WatchTests {
    @Test("a signal is heard by all who watch for it, and by nobody who has stopped")
    func signals() async throws {
        try await withLoop { loop, actor in
            let windowChanged: Int32 = 28
            let (first, second) = (Log<Void>(), Log<Void>())
            let one = try SignalWatch(on: loop, signal: windowChanged) { first.append(()) }
            let other = try SignalWatch(on: loop, signal: windowChanged) { second.append(()) }
            try System.kill(System.processID, windowChanged)
            await first.wait { $0.count == 1 }
            await second.wait { $0.count == 1 }
            one.close()
            try System.kill(System.processID, windowChanged)
            await second.wait { $0.count == 2 }
            #expect(first.elements.count == 1)
            other.close()
        }
    }

    @Test("a signal that cannot be watched for is an error")
    func impossibleSignal() async throws {
        try await withLoop { loop, actor in
            #expect(await failure { _ = try SignalWatch(on: loop, signal: 9) {} } == .invalid)
        }
    }

    @Test("the end of a process is told once", arguments: [true, false])
    func exit(byDescriptor: Bool) async throws {
        try await withLoop { loop, actor in
            let child = try ChildProcess(on: loop, .shell("sleep 3600")) { _ in }
            let process = try #require(ProcessIdentity.of(child.processID))
            let log = Log<Void>()
            let watch =
                byDescriptor
                ? try ExitWatch(on: loop, process: process) { log.append(()) }
                : try ExitWatch(on: loop, process: process, descriptor: -SystemError.notImplemented.number) {
                    log.append(())
                }
            #expect(loop.handleCounts[.exitWatch] == 1)
            #expect(process.isAlive)
            try child.kill(9)
            await log.wait { !$0.isEmpty }
            #expect(!process.isAlive)
            #expect(log.elements.count == 1)
            watch.close()
            child.close()
        }
    }

    @Test("a process that has ended before, or whose number is another's by now, is told of at once")
    func gone() async throws {
        try await withLoop { loop, actor in
            let own = try #require(ProcessIdentity.of(System.processID))
            let output = try await ChildProcess.output(on: loop, .shell("echo $$"), timeout: .seconds(30))
            let ended = try #require(Int32(String(decoding: output.stdout.dropLast(), as: UTF8.self)))
            for process in [
                ProcessIdentity(processID: own.processID, startTime: own.startTime + 1),
                ProcessIdentity(processID: ended, startTime: own.startTime),
            ] {
                let log = Log<Void>()
                let watch = try ExitWatch(on: loop, process: process) { log.append(()) }
                #expect(log.elements.isEmpty)
                await log.wait { !$0.isEmpty }
                watch.close()
            }
        }
    }

    @Test("a watch that was closed tells nothing")
    func closed() async throws {
        try await withLoop { loop, actor in
            let exits = Log<Void>()
            let child = try ChildProcess(on: loop, .shell("sleep 3600")) { _ in exits.append(()) }
            let process = try #require(ProcessIdentity.of(child.processID))
            let watch = try ExitWatch(on: loop, process: process) { Issue.record("told after closing") }
            watch.close()
            watch.close()
            try child.kill(9)
            await exits.wait { !$0.isEmpty }
            try await loop.sleep(for: .milliseconds(10))
            child.close()
        }
    }
}
