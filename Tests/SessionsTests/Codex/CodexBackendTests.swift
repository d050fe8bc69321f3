import CodexAppServer
import EventLoop
import JSON
import TestSupport
import Testing
@testable import Sessions

@Suite("Codex sessions without Codex", .timeLimit(.minutes(1)))
struct CodexBackendTests {
    private func with(_ body: (CodexBackend, Storage) async throws -> Void) async throws {
        try await Storage.with { storage in
            let backend = CodexBackend(
                loop: storage.loop, stateDirectory: storage.directory, environment: [:], programVersion: "1", logger: Storage.quiet)
            try await body(backend, storage)
            await backend.release(freeing: false)
        }
    }

    private func new(_ environment: [String: String]) -> NewSession {
        NewSession(
            agent: .codex, path: "/", description: nil, mode: "native", model: nil, id: nil, permissionMode: nil, trust: false,
            agentArguments: [], environment: environment, parent: nil)
    }

    // MARK: Messages

    @Test("a message is sent as it is", arguments: [" x ", "\t\r\n!x", "-x", "/compact", "e\u{301}\u{1F468}\u{200D}\u{1F469}", "\u{1B}[31m\u{0}"])
    func verbatim(_ text: String) async throws {
        try await with { backend, _ in
            for literal in [false, true] {
                let message = try backend.prepare(text, literal: literal)
                #expect(message == PreparedMessage(text: text, command: nil, normalizations: []))
            }
        }
    }

    @Test("a message of 1,048,576 characters is taken, one more is refused before anything is sent", arguments: ["a", "é", "\u{1F600}", "e\u{301}"])
    func limit(_ text: String) async throws {
        try await with { backend, _ in
            let count = TurnStart.maximumCharacters / text.unicodeScalars.count
            #expect(TurnStart.maximumCharacters == 1_048_576)
            let longest = String(repeating: text, count: count)
            let message = try backend.prepare(longest, literal: false)
            #expect(message.text.utf8.count == longest.utf8.count)
            let error = #expect(throws: SessionError.self) { try backend.prepare(longest + "b", literal: false) }
            #expect(error?.code == .undeliverable)
            #expect(error?.message.contains("1048577 characters") == true)
        }
    }

    @Test("an empty message is refused", arguments: ["", " ", "\n\t\u{A0}"])
    func empty(_ text: String) async throws {
        try await with { backend, _ in
            #expect(throws: SessionError.self) { try backend.prepare(text, literal: true) }
        }
    }

    // MARK: Where Codex is missing

    @Test("without codex on the caller's PATH, creating says so")
    func missing() async throws {
        try await with { backend, storage in
            let error = await #expect(throws: SessionError.self) { try await backend.check(new(["PATH": storage.directory, "HOME": storage.directory])) }
            #expect(error?.code == .startFailed)
            #expect(error?.message.contains("`codex` was not found on your PATH (\(storage.directory))") == true)
        }
    }

    @Test("without a home, creating says so and leaves nothing behind")
    func noHome() async throws {
        try await with { backend, storage in
            try storage.write("#!/bin/sh\n", to: "codex")
            try System.setPermissions(storage.path("codex"), 0o700)
            let spec = SessionSpec(new([:]), id: "ahri", conversation: "", createdAt: 0)
            let error = await #expect(throws: SessionError.self) {
                try await backend.start(spec, new(["PATH": storage.directory])) { _ in Issue.record("nothing happens") }
            }
            #expect(error?.message.contains("HOME is not set") == true)
            #expect(try storage.names == ["codex"])
        }
    }

    // MARK: Sessions of an earlier supervisor

    @Test("one that was being created is over; one whose thread cannot be read is not given up")
    func resume() async throws {
        try await with { backend, _ in
            var spec = SessionSpec(new([:]), id: "ahri", conversation: "", createdAt: 0)
            func code() async -> SessionError.Code? {
                await #expect(throws: SessionError.self) {
                    try await backend.resume(spec, turns: [], endedTurns: [], hooks: []) { _ in }
                }?.code
            }
            #expect(await code() == .exited)
            spec.agentState = try JSON.encode(CodexState(
                home: CodexHome(path: "/nowhere"), executable: "codex", thread: nil, rollout: nil, approvalPolicy: "never", sandbox: "danger-full-access"))
            #expect(await code() == .exited)
            spec.agentState = ["home": 7]
            #expect(await code() == .storage)
        }
    }

    @Test("one at rest needs no server: it is there, idle, and its messages are read from disk")
    func atRest() async throws {
        try await with { backend, storage in
            var spec = SessionSpec(new([:]), id: "ahri", conversation: "thread", createdAt: 0)
            spec.agentState = try JSON.encode(CodexState(
                home: CodexHome(path: storage.directory), executable: "/nowhere/codex", thread: "thread", rollout: nil, approvalPolicy: "never", sandbox: "danger-full-access"))
            let agent = try await backend.resume(spec, turns: [], endedTurns: [], hooks: []) { _ in }
            #expect(await agent.report().state == .idle)
            #expect(try backend.conversation(of: spec).messages() == [])
            // A person's terminal needs one.
            await #expect(throws: SessionError.self) { try await agent.attachCommand() }
        }
    }

    @Test("one whose turn may run, where no server can be started, is told to be cut off, and why")
    func cannotStart() async throws {
        try await with { backend, storage in
            var spec = SessionSpec(new([:]), id: "ahri", conversation: "thread", createdAt: 0)
            spec.agentState = try JSON.encode(CodexState(
                home: CodexHome(path: storage.directory), executable: "/nowhere/codex", thread: "thread", rollout: nil, approvalPolicy: "never", sandbox: "danger-full-access"))
            var turn = Turn(id: 1, session: "ahri", origin: .command, state: .running, text: "hello", createdAt: 0)
            turn.agentTurnID = "A"
            let told = AsyncStream<AgentEvent>.makeStream()
            _ = try await backend.resume(spec, turns: [(turn, nil)], endedTurns: [], hooks: []) { told.continuation.yield($0) }
            told.continuation.finish()
            let ends = await told.stream.reduce(into: [AgentTurnEnd]()) { ends, event in
                if case .turnEnded("A", let end) = event { ends.append(end) }
            }
            #expect(ends.map(\.state) == [.cutOff])
            #expect(ends[0].reason?.hasPrefix("the Codex app-server ended, and could not be started again: ") == true)
        }
    }
}
