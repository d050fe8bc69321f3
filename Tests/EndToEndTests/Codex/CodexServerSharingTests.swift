import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// Threads of one `CODEX_HOME` have one writer: ours, the user's own app-server, another program's, one after the other.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct CodexServerSharingTests {
    @Test("the user's own app-server is joined and never stopped, and ours takes its place when it dies")
    func joined() async throws {
        try await Workplace.with(.codex) { place in
            try await startUserServer(in: place)
            let server = try place.appServer()
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY joined") == "joined")
            #expect(try await place.agentPID(id) == server.processID)
            #expect(try await place.must("supervisor", "status").contains("yours, joined"))
            try await place.must("kill", id)
            try await place.must("supervisor", "restart")
            #expect(server.isAlive)

            let next = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", next, gate.message)
            try await gate.isReached()
            #expect(try place.appServer() == server)
            let waiting = Task { try await place.run("wait", next) }
            try await [server].kill()
            #expect(try await waiting.value.errorText.contains("Codex turn cut off: "))
            try await gate.open()
            #expect(try await place.must("ask", next, "SAY ours") == "ours")
            #expect(try await place.agentPID(next) == place.appServer().processID)
            #expect(try await place.must("supervisor", "status").contains("ours"))
            #expect(try await place.received(next) == [gate.message, "SAY ours"])
        }
    }

    @Test("released threads can be taken up by another program, and are taken back after it")
    func released() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY ours") == "ours")
            let thread = try await place.thread(id)
            #expect(try await place.must("supervisor", "stop", "--release") == "Supervisor stopped")
            #expect(place.appServers().isEmpty)

            let other = try await CodexProcess.start(in: place.home, directory: place.home.path + "/work")
            try await other.call("thread/resume", ["threadId": .string(thread)])
            #expect(try await other.ask("SAY theirs", in: thread) == "theirs")
            // While they have it, nothing of ours gets in between.
            let sent = try await place.run("send", id, "SAY meanwhile")
            #expect(sent.exit.status == 1)
            #expect(sent.errorText.contains("already has an active writer"), "\(sent.errorText)")
            #expect(try await place.must("list").contains(id))
            await other.stop()

            #expect(try await place.must("ask", id, "SAY ours again") == "ours again")
            #expect(try await place.received(id) == ["SAY ours", "SAY theirs", "SAY ours again"])
            #expect(try await place.must("logs", id).contains("SAY theirs"))
        }
    }

    @Test("however its home is written, it has one app-server")
    func spellings() async throws {
        try await Workplace.with(.codex) { place in
            let home = place.home.path + "/.codex"
            let link = place.home.path + "/link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: home)
            for spelling in [home, home + "/", link, ".codex"] {
                let id = try await place.create(environment: ["CODEX_HOME": spelling, "PWD": place.home.path])
                #expect(try await place.must("ask", id, "SAY here") == "here")
            }
            #expect(place.appServers().count == 1)
        }
    }

    @Test("our app-server ends after the terminal that was attached when the last session was killed, and its keys go with it")
    func attachedAtLast() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY ours") == "ours")
            try await place.attach(to: id)
            try await place.shows("SAY ours", on: id)
            try await place.must("kill", id)
            #expect(place.appServers().count == 1)
            try await place.home.tmux.run("kill-session", "-t", "=dev-\(id)")
            // The next supervisor sees it at once.
            try await eventually("the end of the app-server", deadline: .seconds(60)) {
                try await place.must("supervisor", "restart")
                return place.appServers().isEmpty
            }
            #expect(try System.entries(of: place.state + "/codex").allSatisfy { !$0.hasSuffix(".environment.json") })
        }
    }

    @Test("a session whose thread another program has open is not killed, says so, and goes on afterwards")
    func killFails() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY ours") == "ours")
            let thread = try await place.thread(id)
            try await place.must("supervisor", "stop", "--release")
            let other = try await CodexProcess.start(in: place.home, directory: place.home.path + "/work")
            try await other.call("thread/resume", ["threadId": .string(thread)])
            #expect(try await place.expect(1, "kill", id).errorText.contains("could not be archived"))
            #expect(try await place.must("list").contains(id))
            await other.stop()
            #expect(try await place.must("ask", id, "SAY ours again") == "ours again")
            #expect(try await place.must("kill", id) == "Killed session \(id)")
        }
    }

    @Test("a session whose thread another program has archived is over as soon as it is used")
    func archivedElsewhere() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY ours") == "ours")
            let thread = try await place.thread(id)
            try await place.must("supervisor", "stop", "--release")
            let other = try await CodexProcess.start(in: place.home, directory: place.home.path + "/work")
            try await other.call("thread/archive", ["threadId": .string(thread)])
            await other.stop()
            let sent = try await place.expect(1, "send", id, "SAY in vain")
            #expect(sent.errorText.contains("its thread is gone"), "\(sent.errorText)")
            #expect(try await !place.must("list").contains(id))
            #expect(try await place.must("last-message", id) == "ours")
        }
    }

    @Test("a turn that runs when its thread is released is finished")
    func releasedWhileRunning() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", id, gate.message)
            try await gate.isReached()
            let server = try place.appServer()
            let stopping = Task { try await place.run("supervisor", "stop", "--release") }
            try await eventually("the supervisor to be gone", deadline: .seconds(30)) {
                try await place.run("supervisor", "status").exit.status == 1
            }
            try await gate.open()
            #expect(try await stopping.value.isSuccess)
            try await eventually("the end of the app-server") { !server.isAlive }
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "tool done: the-command is done")
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.received(id) == [gate.message, "SAY after"])
        }
    }

    @Test("a session of the npm tool is taken up when that tool's app-server is gone, and not before")
    func npm() async throws {
        try await Workplace.with(.codex) { place in
            // The supervisor, which has the keys of no caller's, starts the server.
            let configuration = try place.home.read(".codex/config.toml").split(separator: "\n").filter { !$0.hasPrefix("env_key") }
            try place.home.write(configuration.joined(separator: "\n") + "\n", to: ".codex/config.toml")
            try await place.must("list")
            let folder = try place.home.makeWorkFolder("npm")
            let npm = try await CodexProcess.start(in: place.home, directory: folder)
            let thread = try await npm.startThread(in: folder)
            #expect(try await npm.ask("SAY theirs", in: thread) == "theirs")
            let state: JSON = ["version": 1, "pid": JSON(Int(try place.appServer().processID)), "port": 1, "url": "ws://127.0.0.1:1"]
            try state.pretty.write(toFile: place.state + "/codex-appserver.json", atomically: true, encoding: .utf8)
            let id = "azir-mid"
            try place.rewriteSessions { sessions in
                sessions + [[
                    "championId": .string(id), "internalId": .string(thread), "cli": "codex", "mode": "native", "path": .string(folder),
                    "status": "active", "createdAt": "2026-01-01T00:00:00.000Z", "lastUsed": "2026-01-01T00:00:00.000Z",
                ]]
            }
            #expect(try await place.must("list").contains(id))
            #expect(try await place.run("send", id, "SAY too early").exit.status == 1)
            #expect(try await npm.ask("SAY still theirs", in: thread) == "still theirs")
            try await npm.kill()

            #expect(try await place.must("ask", id, "SAY ours") == "ours")
            #expect(try await place.thread(id) == thread)
            #expect(try await place.received(id) == ["SAY theirs", "SAY still theirs", "SAY ours"])
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            #expect(try place.sessionRecords().isEmpty)
            #expect(place.appServers().isEmpty)
        }
    }

    /// Starts an app-server as a user does, on Codex's control socket.
    private func startUserServer(in place: Workplace) async throws {
        try await place.home.tmux.run("new-session", "-d", "codex app-server --listen unix://", environment: place.environment)
        try await eventually("the user's app-server to listen") {
            System.exists(place.home.path + "/.codex/app-server-control/app-server-control.sock")
        }
    }
}
