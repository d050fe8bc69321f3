@testable import EventLoop
import Testing

@Suite("The loop as an executor", .timeLimit(.minutes(2)))
struct ExecutorTests {
    @Test("an actor's work runs on the loop's thread, and so does the nonisolated async code it calls")
    func thread() async throws {
        try await withLoop { loop, actor in
            #expect(loop.isCurrent)
            actor.assertIsolated()
            await nonisolatedCode(loop)
        }
    }

    @Test("calls between actors of one loop, and of nonisolated async code, do not wait in the queue")
    func calls() async throws {
        try await withLoop { loop, actor in
            let other = LoopActor(loop)
            let log = Log<Int>()
            loop.later { log.append(1) }
            for _ in 0..<1000 {
                await other.doNothing()
                await nonisolatedNothing()
                await withCheckedContinuation { $0.resume() }
            }
            #expect(log.elements.isEmpty)
            await log.wait { $0 == [1] }
        }
    }

    @Test("jobs run in the order in which they were enqueued")
    func order() async throws {
        try await withLoop { loop, actor in
            let log = Log<Int>()
            for number in 0..<20_000 { loop.later { log.append(number) } }
            await log.wait { $0.count == 20_000 }
            #expect(log.elements == Array(0..<20_000))
        }
    }

    @Test("jobs that enqueue jobs for ever do not keep the loop from its timers and sockets")
    func starvation() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let spinner = Spinner(loop)
            spinner.spin()
            try await loop.sleep(for: .milliseconds(10))
            let accepted = Log<ByteStream>()
            let listener = try StreamListener(on: loop, unixPath: directory("s")) { accepted.append($0) }
            let client = try await ByteStream.connect(on: loop, unixPath: directory("s"))
            await accepted.wait { $0.count == 1 }
            #expect(spinner.turns > 100)
            spinner.isStopped = true
            accepted.elements[0].close()
            client.close()
            listener.close()
        }
    }

    @Test("work runs on the loop's thread from outside, and its error comes back")
    func perform() async throws {
        let loop = try EventLoop()
        #expect(!loop.isCurrent)
        #expect(try await loop.perform { loop.isCurrent })
        await #expect(throws: EventLoopError(.invalid, "testing")) {
            try await loop.perform { throw EventLoopError(.invalid, "testing") }
        }
        await loop.shutdown()
    }

    @Test("sleeping takes the time asked for, and ends at once when the task is cancelled")
    func sleep() async throws {
        try await withLoop { loop, actor in
            let start = ContinuousClock.now
            try await loop.sleep(for: .milliseconds(20))
            #expect(loop.isCurrent)
            #expect(ContinuousClock.now - start >= .milliseconds(19))
            for delay in 0..<50 {
                let task = Task { try await loop.sleep(for: .seconds(3600)) }
                for _ in 0..<delay { await Task.yield() }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }

    @Test("a timer fires again and again, until it is cancelled, and takes another schedule")
    func timer() async throws {
        try await withLoop { loop, actor in
            let timer = LoopTimer(on: loop)
            let log = Log<String>()
            timer.schedule(after: .zero, repeating: .milliseconds(2)) { log.append("first") }
            await log.wait { $0.count >= 3 }
            timer.schedule(after: .milliseconds(1)) { log.append("second") }
            #expect(timer.isScheduled)
            await log.wait { $0.last == "second" }
            #expect(!timer.isScheduled)
            timer.schedule(after: .milliseconds(1)) { log.append("never") }
            timer.cancel()
            try await loop.sleep(for: .milliseconds(20))
            timer.close()
            timer.close()
            timer.schedule(after: .zero) { log.append("never") }
            #expect(!timer.isScheduled)
            try await loop.sleep(for: .milliseconds(5))
            #expect(log.elements.last == "second")
        }
    }

    @Test("work given to the pool of threads comes back to its actor, with its error")
    func offload() async throws {
        try await withLoop { loop, actor in
            let wasCurrent = try await loop.offload { loop.isCurrent }
            #expect(!wasCurrent)
            #expect(loop.isCurrent)
            await #expect(throws: EventLoopError.self) {
                try await loop.offload { try System.removeFile("/nonexistent/file") }
            }
            #expect(loop.isCurrent)
        }
    }

    @Test("a turn that takes too long is reported, and one that waits is not")
    func longestTurn() async throws {
        try await withLoop { loop, actor in
            let end = ContinuousClock.now + .milliseconds(30)
            while ContinuousClock.now < end {}
            try await loop.sleep(for: .milliseconds(1))
            #expect(loop.longestTurn >= .milliseconds(30))
            loop.resetLongestTurn()
            try await loop.sleep(for: .seconds(1))
            #expect(loop.longestTurn < .milliseconds(900))
        }
    }
}

extension LoopActor {
    func doNothing() {}
}

private func nonisolatedCode(_ loop: EventLoop) async {
    #expect(loop.isCurrent)
    await Task.yield()
    #expect(loop.isCurrent)
}

private func nonisolatedNothing() async {}

/// A job that enqueues itself.
private final class Spinner: @unchecked Sendable {
    let loop: EventLoop
    var turns = 0
    var isStopped = false

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    func spin() {
        turns += 1
        if !isStopped { loop.later { self.spin() } }
    }
}
