import TestSupport
import Testing

extension Workplace {
    /// Sends messages one after the other, each when the turn of the one before is over, and expects the model to
    /// have received exactly them, each once and in order.
    func deliver(_ messages: [String], to id: String, by route: Route) async throws {
        let before = try await received(id).count
        for message in messages {
            let result = try await run(["ask", id, "-f", "-"], input: Array(message.utf8))
            #expect(result.isSuccess, "\(message.debugDescription.prefix(200)): \(result.errorText)")
        }
        expect(Array(try await received(id).dropFirst(before)), toBe: messages.map(route.arrives))
    }

    /// Compares byte for byte: to Swift, two spellings of one character are equal.
    func expect(_ received: [String], toBe expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(received.count == expected.count, sourceLocation: sourceLocation)
        for (index, (received, expected)) in zip(received, expected).enumerated()
        where !received.utf8.elementsEqual(expected.utf8) {
            Issue.record(
                """
                message \(index): received \(received.utf8.count) bytes \(received.debugDescription.prefix(300)), \
                expected \(expected.utf8.count) bytes \(expected.debugDescription.prefix(300))
                """, sourceLocation: sourceLocation)
        }
    }
}
