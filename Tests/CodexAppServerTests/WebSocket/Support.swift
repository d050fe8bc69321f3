import CodexAppServer
import EventLoop
import TestSupport
import Testing

/// An actor on a loop of its own, from which a test uses sockets; asserts that the test left nothing open.
actor SocketActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private init(_ loop: EventLoop) {
        self.loop = loop
    }

    static func run<T: Sendable>(
        _ body: @Sendable (EventLoop, isolated SocketActor) async throws -> T
    ) async throws -> T {
        let loop = try EventLoop(name: "test")
        let actor = SocketActor(loop)
        let result: Result<T, any Error>
        do {
            result = .success(try await body(loop, actor))
        } catch {
            result = .failure(error)
        }
        if case .success = result {
            // A socket that was closed is gone when its close frame is written.
            try await eventually("all handles to be closed, of \(loop.handleCounts)") { loop.handleCounts.total == 0 }
        }
        await loop.shutdown()
        return try result.get()
    }
}

/// What one connection told, for a test on the same loop to wait for.
final class SocketLog {
    private(set) var messages: [[UInt8]] = []
    private(set) var failure: CodexError?
    private var waiting: (condition: (SocketLog) -> Bool, continuation: CheckedContinuation<Void, Never>)?

    var texts: [String] { messages.map { String(decoding: $0, as: UTF8.self) } }

    func take(_ event: WebSocket.Event) {
        #expect(failure == nil, "nothing comes after the end")
        switch event {
        case .message(let text): messages.append(text)
        case .closed(let error): failure = error
        }
        guard let (condition, continuation) = waiting, condition(self) else { return }
        waiting = nil
        continuation.resume()
    }

    /// Waits until what was told fulfils the condition; the test's own time limit is the deadline.
    func wait(until condition: @escaping (SocketLog) -> Bool) async {
        if condition(self) { return }
        await withCheckedContinuation { waiting = (condition, $0) }
    }

    func waitForEnd() async -> CodexError {
        await wait { $0.failure != nil }
        return failure!
    }
}
