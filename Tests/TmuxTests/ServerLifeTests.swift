import EventLoop
import TestSupport
import Testing

@testable import Tmux

@Suite("Life of client and server")
struct ServerLifeTests {
    static func next(
        _ events: inout AsyncStream<TmuxEvent>.Iterator, isolation: isolated (any Actor)? = #isolation
    ) async -> TmuxEvent? {
        while let event = await events.next(isolation: isolation) {
            if event != .sessionsChanged { return event }
        }
        return nil
    }

    @Test("without a server there are no sessions, and none is started to find out")
    func noServer() async throws {
        try await TmuxFixture.with { fixture in
            let server = try await fixture.server.server()
            #expect(server == nil)
            #expect(try await fixture.server.panes().isEmpty)
            #expect(try await fixture.server.pane("%0") == nil)
            #expect(try await fixture.server.hasSession("dev-foo") == false)
            #expect(try await fixture.server.killSession("dev-foo") == false)
            #expect(try await fixture.server.clients(of: "dev-foo").isEmpty)
            let nobody = PaneIdentity(id: "%0", processID: 1)
            let error = await failure { try await fixture.server.sendKeys(["Enter"], to: nobody) }
            #expect(error?.code == .paneGone)
            await #expect(throws: TestSupportError.self) { try await fixture.tmux("list-sessions") }
        }
    }

    @Test("a server that is started gets no secret, and a keeper that outlives the client")
    func startedServer() async throws {
        try await TmuxFixture.with { fixture in
            let identity = try await fixture.server.connect()
            #expect(try await fixture.tmux("display-message", "-p", "#{pid}") == String(identity.processID))
            let names = try await fixture.tmux("show-environment", "-g").split(separator: "\n")
                .map { $0.prefix { $0 != "=" } }
            #expect(names.contains("HOME") && names.contains("PATH"))
            #expect(!names.contains { $0.hasPrefix("ANTHROPIC") || $0.hasPrefix("CLAUDE") })
            await fixture.server.close()
            #expect(try await fixture.tmux("list-panes", "-a", "-F", "#{session_name} #{pane_dead}") == "_dev-sessions 0")
        }
    }

    @Test("a running server is joined, and left as it is")
    func joinedServer() async throws {
        try await TmuxFixture.with { fixture in
            try await fixture.tmux("new-session", "-d", "-s", "mine", "sleep 1000")
            let pid = try await fixture.tmux("display-message", "-p", "#{pid}")
            #expect(try await fixture.server.server().map { String($0.processID) } == pid)
            #expect(try await fixture.server.hasSession("mine"))
            try await fixture.server.killSession("mine")
            await fixture.server.closeAndStopServerIfUnused()
            #expect(try await fixture.tmux("display-message", "-p", "#{pid}") == pid)
        }
    }

    @Test("a server that was started ends with its last user, if asked")
    func stopIfUnused() async throws {
        try await TmuxFixture.with { fixture in
            _ = try await fixture.createSleeper("dev-foo")
            try await fixture.server.killSession("dev-foo")
            await fixture.server.closeAndStopServerIfUnused()
            try await eventually("the server to end") {
                (try? await fixture.tmux("list-sessions")) == nil
            }
        }
    }

    @Test("a server with a session left does not end")
    func stopIfUnusedWithSession() async throws {
        try await TmuxFixture.with { fixture in
            _ = try await fixture.createSleeper("dev-foo")
            await fixture.server.closeAndStopServerIfUnused()
            #expect(try await fixture.tmux("has-session", "-t", "=dev-foo").isEmpty)
        }
    }

    @Test("a client that is killed comes back to the same server", arguments: ["KILL", "TERM"])
    func clientKilled(signal: String) async throws {
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            var events = fixture.server.events.makeAsyncIterator()
            let identity = try await fixture.server.connect()
            #expect(await Self.next(&events) == .connected(identity))
            try await fixture.signal(signal, fixture.controlClient())
            #expect(await Self.next(&events) == .clientLost)
            #expect(await Self.next(&events) == .connected(identity))
            #expect(try await fixture.server.pane(pane.identity.id)?.isDead == false)
        }
    }

    @Test("a client that somebody detaches, or whose keeper is killed, comes back")
    func clientDetached() async throws {
        try await TmuxFixture.with { fixture in
            _ = try await fixture.createSleeper("dev-foo")
            var events = fixture.server.events.makeAsyncIterator()
            let identity = try await fixture.server.connect()
            #expect(await Self.next(&events) == .connected(identity))
            for command in ["detach-client", "kill-session"] {
                let option = command == "detach-client" ? "-s" : "-t"
                try await fixture.tmux(command, option, "=_dev-sessions")
                #expect(await Self.next(&events) == .clientLost)
                #expect(await Self.next(&events) == .connected(identity))
            }
            #expect(try await fixture.server.hasSession("_dev-sessions"))
            #expect(try await fixture.server.hasSession("dev-foo"))
        }
    }

    @Test("a server that is killed is gone with its sessions, and the next session starts another")
    func serverKilled() async throws {
        try await TmuxFixture.with { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            var events = fixture.server.events.makeAsyncIterator()
            let first = try await fixture.server.connect()
            #expect(await Self.next(&events) == .connected(first))
            try await fixture.signal("KILL", first.processID)
            #expect(await Self.next(&events) == .serverGone)
            #expect(try await fixture.server.panes().isEmpty)
            let error = await failure { try await fixture.server.capture(pane.identity) }
            #expect(error?.code == .paneGone)
            _ = try await fixture.createSleeper("dev-foo")
            let second = try await fixture.server.connect()
            #expect(second.processID != first.processID)
            #expect(await Self.next(&events) == .connected(second))
        }
    }

    @Test("a server that is replaced before anybody looked is told as gone")
    func serverReplaced() async throws {
        try await TmuxFixture.with { fixture in
            _ = try await fixture.createSleeper("dev-foo")
            var events = fixture.server.events.makeAsyncIterator()
            let first = try await fixture.server.connect()
            #expect(await Self.next(&events) == .connected(first))
            // The client stands still meanwhile, so that it notices nothing.
            let client = try await fixture.controlClient()
            try await fixture.signal("STOP", client)
            try await fixture.signal("KILL", first.processID)
            try await eventually("another server") {
                (try? await fixture.tmux("new-session", "-d", "-s", "mine", "sleep 1000")) != nil
            }
            try await fixture.signal("CONT", client)
            #expect(await Self.next(&events) == .serverGone)
            let second = await Self.next(&events)
            #expect(try await .connected(fixture.server.connect()) == second)
        }
    }

    @Test("what waits when the client dies fails at once and says so")
    func pendingFails() async throws {
        try await TmuxFixture.with { fixture in
            let identity = try await fixture.server.connect()
            // A server that stands still leaves the command waiting.
            let client = try await fixture.controlClient()
            try await fixture.signal("STOP", identity.processID)
            let waiting = Task.immediate { try await fixture.server.panes() }
            // The actor takes calls in their order: after this one the command is under way.
            try await fixture.server.connect()
            try await fixture.signal("KILL", client)
            let error = await failure { _ = try await waiting.value }
            #expect(error?.code == .connectionLost)
            try await fixture.signal("CONT", identity.processID)
            try await eventually("the connection") { (try? await fixture.server.panes().count) == 1 }
        }
    }

    @Test("a server that does not answer in time is an error, and is tried again")
    func hangingServer() async throws {
        try await TmuxFixture.with(answerDeadline: .milliseconds(500)) { fixture in
            let identity = try await fixture.server.connect()
            try await fixture.signal("STOP", identity.processID)
            let error = await failure { _ = try await fixture.server.panes() }
            #expect(error?.code == .timedOut)
            try await fixture.signal("CONT", identity.processID)
            try await eventually("the connection") { (try? await fixture.server.panes().count) == 1 }
            #expect(try await fixture.server.connect() == identity)
        }
    }

    @Test("a missing tmux is an error that names it")
    func missingProgram() async throws {
        try await TmuxFixture.with(executable: "no-such-tmux") { fixture in
            let error = await failure { try await fixture.server.connect() }
            #expect(error?.code == .cannotStart)
            #expect(error?.reason.contains("no-such-tmux") == true)
        }
    }

    @Test("close does not wait for a server that hangs")
    func closeWhileConnecting() async throws {
        try await TmuxFixture.with { fixture in
            let identity = try await fixture.server.connect()
            try await fixture.signal("STOP", identity.processID)
            let another = TmuxServer(
                on: fixture.loop, location: fixture.server.location, environment: fixture.home.environment(),
                answerDeadline: .seconds(600))
            let waiting = Task.immediate { try await another.panes() }
            try await eventually("the client to be started") { await another.isOpening }
            await another.close()
            #expect(await failure { try await waiting.value } != nil)
            try await fixture.signal("CONT", identity.processID)
        }
    }

    @Test("after close everything is refused")
    func closed() async throws {
        try await TmuxFixture.with { fixture in
            try await fixture.server.connect()
            await fixture.server.close()
            await fixture.server.close()
            let error = await failure { _ = try await fixture.server.panes() }
            #expect(error?.code == .closed)
        }
    }
}

extension TmuxServer {
    fileprivate var isOpening: Bool { opening != nil }
}
