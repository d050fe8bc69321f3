import Synchronization

/// One suspended caller, on whatever thread, resumed once: by a callback of the loop, or because its task
/// was cancelled.
final class Waiter<Value: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Value, any Error>?
        var outcome: Result<Value, any Error>?
    }

    private let state = Mutex(State())

    /// Only the first call has an effect.
    func finish(_ outcome: Result<Value, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.continuation.take()
        }
        continuation?.resume(with: outcome)
    }

    /// - Parameter cancelled: called on any thread when the task is cancelled; it is to clean up and then
    ///   to finish with a `CancellationError`, so that the caller finds everything in order.
    func value(
        isolation: isolated (any Actor)? = #isolation, cancelled: @escaping @Sendable () -> Void
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            // Without this mention the closure would leave the caller's actor.
            _ = isolation
            return try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.continuation = continuation }
                    return state.outcome
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            cancelled()
        }
    }
}
