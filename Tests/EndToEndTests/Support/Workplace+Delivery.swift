import TestSupport
import Testing

extension Workplace {
    /// Sends messages one after the other, each when the turn of the one before is over, and expects the model to
    /// have received exactly them, each once and in order.
    func deliver(_ messages: [String], to id: String, by route: Route) async throws {
        try await deliver(messages, to: id, arriving: route.arrives)
    }

    /// - Parameter arriving: what the model is to receive of a message.
    func deliver(_ messages: [String], to id: String, arriving: (String) -> String = { $0 }) async throws {
        let before = try await received(id).count
        for message in messages {
            let result = try await run(["ask", id, "-f", "-"], input: Array(message.utf8))
            #expect(result.isSuccess, "\(message.debugDescription.prefix(200)): \(result.errorText)")
        }
        expect(Array(try await received(id).dropFirst(before)), toBe: messages.map(arriving))
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

    /// Runs `body` with a person's terminal that shows the session: a tmux of their own, in which `tmux attach` runs.
    func withPerson(at id: String, _ body: (TmuxSocket) async throws -> Void) async throws {
        let person = TmuxSocket(directory: try home.makeWorkFolder("person"))
        try await person.run(
            "new-session", "-d", "-x", "150", "-y", "40",
            "env -u TMUX -u TMUX_PANE TMUX_TMPDIR=\(home.tmux.directory) tmux attach-session -t =dev-\(id)")
        do {
            try await eventually("a client of \(id)") { try await clients(of: id) > 0 }
            try await body(person)
        } catch {
            try? await person.killServer()
            throw error
        }
        try await person.killServer()
    }

    private func clients(of id: String) async throws -> Int {
        try await home.tmux.run("list-clients", "-t", "=dev-\(id)").split(separator: "\n").count
    }
}
