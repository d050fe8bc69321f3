import TestSupport
import Testing

@testable import Tmux

@Suite("Sessions")
struct SessionTests {
    static let configurations = ["", TmuxFixture.hostileConfiguration]

    @Test("a session stands under its name, with its size and its own process", arguments: configurations)
    func create(configuration: String) async throws {
        try await TmuxFixture.with(configuration: configuration) { fixture in
            let pane = try await fixture.server.createSession(
                name: "dev-foo", windowName: "claude", directory: "/", command: ["sleep", "1000"], width: 123, height: 45)
            let state = try #require(try await fixture.server.pane(pane.identity.id))
            #expect(state.pane == pane)
            #expect(!state.isDead && state.exitStatus == nil && state.exitSignal == nil && state.attachedClients == 0)
            #expect(try await fixture.server.panes().contains { $0.pane == pane })
            #expect(pane.sessionName == "dev-foo")
            let size = try await fixture.tmux("display-message", "-p", "-t", "=dev-foo:", "#{window_width}x#{window_height}")
            #expect(size.hasPrefix("123x45"))
            try await eventually("the program to run") {
                let target = pane.identity.id
                return try await fixture.tmux("display-message", "-p", "-t", target, "#{pane_current_command}")
                    .hasPrefix("sleep")
            }
        }
    }

    @Test("an agent that dies at once leaves its pane and its exit status", arguments: configurations)
    func diesAtOnce(configuration: String) async throws {
        try await TmuxFixture.with(configuration: configuration) { fixture in
            // tmux 3.3a misses one end in some fifty.
            for attempt in 0..<100 {
                let pane = try await fixture.server.createSession(
                    name: "dev-\(attempt)", windowName: "agent", directory: "/", command: ["sh", "-c", "exit 7"])
                let state = try await Self.deadState(of: pane, fixture)
                #expect(state.exitStatus == 7)
                #expect(state.identity == pane.identity)
            }
        }
    }

    @Test("an agent that a signal ended has no exit status, not 0")
    func diesOfSignal() async throws {
        try await TmuxFixture.with { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            try await fixture.signal("KILL", pane.identity.processID)
            let state = try await Self.deadState(of: pane, fixture)
            #expect(state.exitStatus == nil)
            #expect(state.exitSignal == 9)
        }
    }

    static func deadState(of pane: Pane, _ fixture: TmuxFixture) async throws -> PaneState {
        try await eventually("the pane to be dead") {
            let state = try #require(try await fixture.server.pane(pane.identity.id))
            return state.isDead ? state : nil
        }
    }

    @Test("the list of panes has the exit status of every dead one")
    func listOfDead() async throws {
        try await TmuxFixture.with { fixture in
            for attempt in 0..<100 {
                _ = try await fixture.server.createSession(
                    name: "dev-\(attempt)", windowName: "agent", directory: "/", command: ["sh", "-c", "exit 7"])
            }
            let dead = try await eventually("all panes to be dead") {
                let dead = try await fixture.server.panes().filter { $0.isDead }
                return dead.count == 100 ? dead : nil
            }
            #expect(dead.allSatisfy { $0.exitStatus == 7 })
        }
    }

    @Test("a dead agent is started again in its pane, a living one only on demand")
    func respawn() async throws {
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let first = try await fixture.server.createSession(
                name: "dev-foo", windowName: "agent", directory: "/", command: ["sh", "-c", "exit 7"])
            _ = try await Self.deadState(of: first, fixture)
            let second = try await fixture.server.respawn(
                first.identity, directory: fixture.home.path, command: ["sleep", "1000"])
            #expect(second.identity.id == first.identity.id)
            #expect(second.identity.processID != first.identity.processID)
            #expect(second.sessionName == "dev-foo")
            #expect(try await fixture.server.pane(first.identity.id)?.pane == second)
            // The process exists a moment before it is in its directory.
            try await eventually("the process to be in its directory") {
                try await fixture.server.currentDirectory(of: second.identity) == fixture.home.path
            }

            let alive = await failure {
                try await fixture.server.respawn(second.identity, directory: "/", command: ["sleep", "1000"])
            }
            #expect(alive?.code == .commandFailed)
            let stranger = await failure {
                try await fixture.server.respawn(first.identity, directory: "/", command: ["sleep", "1000"], killing: true)
            }
            #expect(stranger?.code == .paneReplaced)
            let third = try await fixture.server.respawn(
                second.identity, directory: "/", command: ["sh", "-c", "exit 3"], killing: true)
            #expect(try await Self.deadState(of: third, fixture).exitStatus == 3)
        }
    }

    @Test("names are exact: one that begins another is not the other")
    func prefixNames() async throws {
        try await TmuxFixture.with { fixture in
            _ = try await fixture.createSleeper("dev-foobar")
            #expect(try await fixture.server.hasSession("dev-foo") == false)
            #expect(try await fixture.server.killSession("dev-foo") == false)
            #expect(try await fixture.server.clients(of: "dev-foo").isEmpty)
            _ = try await fixture.createSleeper("dev-foo")
            #expect(try await fixture.server.killSession("dev-foo"))
            #expect(try await fixture.server.hasSession("dev-foobar"))
        }
    }

    @Test("a name that is taken is an error of its own")
    func duplicate() async throws {
        try await TmuxFixture.with { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            let error = await failure { try await fixture.createSleeper("dev-foo") }
            #expect(error?.code == .duplicateSession)
            #expect(try await fixture.server.pane(pane.identity.id)?.isDead == false)
        }
    }

    @Test("every allowed name can be made, found and ended; the others are refused")
    func names() async throws {
        try await TmuxFixture.with { fixture in
            let allowed = ["a", "0", "-", "-d", "_", "dev-0-9", "ABC_xyz", "dev-" + String(repeating: "a", count: 63)]
            for name in allowed {
                _ = try await fixture.createSleeper(name)
                #expect(try await fixture.server.hasSession(name), "\(name)")
                #expect(try await fixture.server.killSession(name), "\(name)")
                #expect(try await fixture.server.hasSession(name) == false, "\(name)")
            }
            for name in ["", "a.b", "a:b", "=a", "a b", "é", "a\n", "$1", "@1", "%1", "#{pid}", TmuxServer.keeperSession] {
                let error = await failure { try await fixture.createSleeper(name) }
                #expect(error?.code == .invalidArgument, "\(name)")
            }
        }
    }

    @Test("a session whose odd name tmux changed is found and ended by that name")
    func oddNames() async throws {
        try await TmuxFixture.with { fixture in
            for name in ["dev-a.b", "dev-a:b", "dev-a b", "dev-;é"] {
                try await fixture.tmux("new-session", "-d", "-s", name, "sleep 1000")
                #expect(try await fixture.server.hasSession(name), "\(name)")
                #expect(try await fixture.server.killSession(name), "\(name)")
            }
        }
    }

    @Test("a command of one word is refused, because a shell would get it")
    func oneWord() async throws {
        try await TmuxFixture.with { fixture in
            let error = await failure {
                try await fixture.server.createSession(
                    name: "dev-foo", windowName: "agent", directory: "/", command: ["sleep 1000"])
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("twenty sessions at once, on no server, are twenty sessions")
    func manyAtOnce() async throws {
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let panes = try await withThrowingTaskGroup(of: Pane.self) { group in
                for index in 0..<20 { group.addTask { try await fixture.createSleeper("dev-\(index)") } }
                return try await group.reduce(into: [Pane]()) { $0.append($1) }
            }
            let listed = Set(try await fixture.server.panes().map(\.pane))
            #expect(Set(panes).count == 20)
            #expect(listed.isSuperset(of: panes))
            #expect(Set(panes.map(\.sessionName)) == Set((0..<20).map { "dev-\($0)" }))
        }
    }

    @Test("a person may attach and detach: the session lives on, and its end does not show the keeper")
    func personComesAndGoes() async throws {
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            try await fixture.attachPerson(to: "dev-foo")
            #expect(try await fixture.server.pane(pane.identity.id)?.attachedClients == 1)
            try await fixture.personTypes("C-a")
            try await fixture.personTypes("d")
            try await eventually("the person to be gone") { try await !fixture.personIsAttachedSomewhere() }
            #expect(try await fixture.server.pane(pane.identity.id)?.isDead == false)

            try await fixture.attachPerson(to: "dev-foo")
            try await fixture.server.killSession("dev-foo")
            try await eventually("the person to be gone") { try await !fixture.personIsAttachedSomewhere() }
        }
    }

    @Test("what a person does shows in the time of the client's last activity")
    func activity() async throws {
        try await TmuxFixture.with { fixture in
            _ = try await fixture.createSleeper("dev-foo")
            try await fixture.attachPerson(to: "dev-foo")
            let first = try #require(try await fixture.server.clients(of: "dev-foo").first)
            #expect(first.terminal?.hasPrefix("/dev/") == true)
            try await eventually("the activity to rise") {
                try await fixture.personTypes("x")
                return try await fixture.server.clients(of: "dev-foo")[0].lastActivity > first.lastActivity
            }
        }
    }

    @Test("a shell that a person split off leaves its pane when it ends, the agent does not")
    func personsSplit() async throws {
        try await TmuxFixture.with { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            let split = try await fixture.tmux(
                "split-window", "-t", "=dev-foo:", "-P", "-F", "#{pane_id}", "--", "sh", "-c", "exit 0")
            try await eventually("the split to close") { try await fixture.server.pane(split) == nil }
            try await fixture.signal("KILL", pane.identity.processID)
            #expect(try await Self.deadState(of: pane, fixture).sessionName == "dev-foo")
        }
    }
}
