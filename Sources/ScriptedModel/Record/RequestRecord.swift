/// The requests in the order of their arrival, and those who wait for one.
actor RequestRecord {
    private(set) var all: [RecordedRequest] = []
    private var waiting: [Int: Waiter] = [:]
    private var nextWaiter = 0
    private var isClosed = false

    private struct Waiter {
        let condition: @Sendable (RecordedRequest) -> Bool
        let continuation: CheckedContinuation<RecordedRequest, any Error>
    }

    func add(
        method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]
    ) {
        let request = RecordedRequest(index: all.count, method: method, target: target, headers: headers, body: body)
        all.append(request)
        for (number, waiter) in waiting where waiter.condition(request) {
            waiting[number] = nil
            waiter.continuation.resume(returning: request)
        }
    }

    func wait(
        for condition: @escaping @Sendable (RecordedRequest) -> Bool, deadline: Duration
    ) async throws -> RecordedRequest {
        if let request = all.first(where: condition) { return request }
        let number = nextWaiter
        nextWaiter += 1
        let timer = Task {
            try await Task.sleep(for: deadline)
            self.fail(number, .init(code: .noSuchRequest, message: "no such request within \(deadline)"))
        }
        defer { timer.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            if isClosed {
                continuation.resume(throwing: ScriptedModelError(code: .stopped, message: "the server has stopped"))
            } else {
                waiting[number] = Waiter(condition: condition, continuation: continuation)
            }
        }
    }

    func close() {
        isClosed = true
        for number in waiting.keys { fail(number, .init(code: .stopped, message: "the server has stopped")) }
    }

    private func fail(_ number: Int, _ error: ScriptedModelError) {
        waiting.removeValue(forKey: number)?.continuation.resume(throwing: error)
    }
}
