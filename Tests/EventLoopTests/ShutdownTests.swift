@testable import EventLoop
import Testing

@Suite("The end of a loop", .timeLimit(.minutes(2)))
struct ShutdownTests {
    @Test("shutdown closes whatever is open, fails what is under way, and returns")
    func everythingOpen() async throws {
        let directory = try TemporaryDirectory()
        let loop = try EventLoop()
        let actor = LoopActor(loop)
        let child = try await actor.openEverything(directory)
        let sleep = Task { try await loop.sleep(for: .seconds(3600)) }
        let send = Task { try await actor.sendWithoutEnd() }
        let output = Task {
            _ = try await ChildProcess.output(on: loop, .shell("sleep 3600"), timeout: .seconds(3600))
        }
        while loop.handleCounts[.process] < 2 || loop.handleCounts[.timer] < 4 {
            try await loop.sleep(for: .milliseconds(1))
        }
        await loop.shutdown()
        #expect(loop.handleCounts.total == 0)
        for task in [sleep, send, output] { await #expect(throws: EventLoopError.self) { try await task.value } }
        #expect(child.isAlive)
        try System.kill(child.processID, 9)
    }

    @Test("shutdown can be called from the loop's own actors, and more than once")
    func fromWithin() async throws {
        let loop = try EventLoop()
        let actor = LoopActor(loop)
        async let first: Void = loop.shutdown()
        async let second: Void = actor.shutdown()
        _ = await (first, second)
        await loop.shutdown()
        await actor.shutdown()
    }

    @Test("what comes later still runs, in order and one at a time, and finds everything closed")
    func late() async throws {
        let directory = try TemporaryDirectory()
        let loop = try EventLoop()
        let actor = LoopActor(loop)
        await loop.shutdown()
        try await actor.tryEverything(directory)
        let counter = Counter(loop)
        await withTaskGroup { group in
            for _ in 0..<1000 { group.addTask { await counter.increment() } }
        }
        #expect(await counter.value == 1000)
    }

    @Test("a thousand loops come and go")
    func thousand() async throws {
        for _ in 0..<1000 {
            let loop = try EventLoop()
            try await loop.perform {}
            await loop.shutdown()
        }
    }
}

private actor Counter {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    var value = 0

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    func increment() {
        value += 1
    }
}

extension LoopActor {
    fileprivate func shutdown() async {
        await loop.shutdown()
    }

    /// - Returns: a child that outlives the loop.
    fileprivate func openEverything(_ directory: TemporaryDirectory) async throws -> ProcessIdentity {
        LoopTimer(on: loop).schedule(after: .seconds(3600)) {}
        _ = try StreamListener(on: loop, unixPath: directory("s")) { _ in }
        _ = try StreamListener(on: loop, host: "127.0.0.1", port: 0) { _ in }
        try await ByteStream.connect(on: loop, unixPath: directory("s")).read { _ in }
        _ = DirectoryWatch(on: loop, directory: directory.path) { _ in }
        _ = DirectoryWatch(on: loop, directory: directory("not/there")) { _ in }
        _ = try SignalWatch(on: loop, signal: 12) {}
        var options = ChildProcess.Options.shell("sleep 3600")
        options.stdin = .pipe
        options.stdout = .pipe
        let child = try ChildProcess(on: loop, options) { _ in }
        let process = try #require(ProcessIdentity.of(child.processID))
        _ = try ExitWatch(on: loop, process: process) {}
        return process
    }

    fileprivate func sendWithoutEnd() async throws {
        var options = ChildProcess.Options.shell("sleep 3600")
        options.stdin = .pipe
        let child = try ChildProcess(on: loop, options) { _ in }
        LoopTimer(on: loop).schedule(after: .seconds(3600)) {}
        let process = child.processID
        defer { try? System.kill(process, 9) }
        try await child.stdin?.send([UInt8](repeating: 0, count: 1 << 24))
    }

    fileprivate func tryEverything(_ directory: TemporaryDirectory) async throws {
        let loop = loop
        #expect(loop.isCurrent)
        let timer = LoopTimer(on: loop)
        timer.schedule(after: .zero) {}
        #expect(!timer.isScheduled)
        timer.close()
        DirectoryWatch(on: loop, directory: directory.path) { _ in }.close()
        #expect(await failure { try await loop.sleep(for: .zero) } == .closed)
        #expect(await failure { try await loop.offload {} } == .cancelled)
        #expect(await failure { _ = try StreamListener(on: loop, unixPath: directory("s")) { _ in } } == .closed)
        #expect(await failure { try await ByteStream.connect(on: loop, unixPath: directory("s")).close() } == .closed)
        #expect(await failure { _ = try SignalWatch(on: loop, signal: 12) {} } == .closed)
        #expect(await failure { _ = try ChildProcess(on: loop, .shell("true")) { _ in } } == .closed)
        let process = try #require(ProcessIdentity.of(System.processID))
        #expect(await failure { _ = try ExitWatch(on: loop, process: process) {} } == .closed)
    }
}
