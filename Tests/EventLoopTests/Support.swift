import EventLoop
import Testing

/// Runs a test's body on a loop of its own, and asserts that it left nothing open.
func withLoop<T: Sendable>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: @Sendable (EventLoop, isolated LoopActor) async throws -> T
) async throws -> T {
    let loop = try EventLoop(name: "test")
    let actor = LoopActor(loop)
    let result: Result<T, any Error>
    do {
        result = .success(try await body(loop, actor))
    } catch {
        result = .failure(error)
    }
    let counts = loop.handleCounts
    await loop.shutdown()
    if case .success = result { #expect(counts.total == 0, "left open: \(counts)", sourceLocation: sourceLocation) }
    return try result.get()
}

actor LoopActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: EventLoop) {
        self.loop = loop
    }
}

/// Why something failed, on the caller's actor (which a closure given to `#expect` would leave).
func failure(_ body: () async throws -> Void) async -> EventLoopError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? EventLoopError)?.code
    }
}

/// Something that callbacks tell, and that a test on the same loop waits for.
final class Log<Element> {
    private(set) var elements: [Element] = []
    private var waiting: (condition: ([Element]) -> Bool, continuation: CheckedContinuation<Void, Never>)?

    func append(_ element: Element) {
        elements.append(element)
        guard let (condition, continuation) = waiting, condition(elements) else { return }
        waiting = nil
        continuation.resume()
    }

    func clear() {
        elements = []
    }

    /// Waits until what was told fulfils the condition; the test's own time limit is the deadline.
    func wait(until condition: @escaping ([Element]) -> Bool) async {
        if condition(elements) { return }
        await withCheckedContinuation { waiting = (condition, $0) }
    }
}

final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/event-loop-\(System.processID)-\(UInt32.random(in: 0 ... .max))"
        try System.makeDirectory(path)
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    deinit { try? System.removeTree(path) }
}
