@testable import EventLoop
import Testing

@Suite("The loop as an executor", .timeLimit(.minutes(1)))
struct ExecutorTests {
    @Test("an actor's work runs on the loop's thread, and so does the nonisolated async code it calls")
    func thread() async throws {
        try await withLoop { loop, actor in
            #expect(loop.isCurrent)
            actor.assertIsolated()
            await nonisolatedCode(loop)
        }
    }

    @Test("jobs run in the order in which they were enqueued, and those of other threads too")
    func order() async throws {
        try await withLoop { loop, actor in
            let log = Log<Int>()
            for number in 0..<20_000 { loop.later { log.append(number) } }
            await log.wait { $0.count == 20_000 }
            #expect(log.elements == Array(0..<20_000))
        }
    }

    @Test("sleeping takes the time asked for and ends when the task is cancelled")
    func sleep() async throws {
        try await withLoop { loop, actor in
            let start = ContinuousClock.now
            try await loop.sleep(for: .milliseconds(20))
            #expect(loop.isCurrent)
            #expect(ContinuousClock.now - start >= .milliseconds(19))
            let task = Task { try await loop.sleep(for: .seconds(3600)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("work given to the pool of threads comes back to its actor")
    func offload() async throws {
        try await withLoop { loop, actor in
            let wasCurrent = try await loop.offload { loop.isCurrent }
            #expect(!wasCurrent)
            #expect(loop.isCurrent)
        }
    }
}

private func nonisolatedCode(_ loop: EventLoop) async {
    #expect(loop.isCurrent)
    await Task.yield()
    #expect(loop.isCurrent)
}
