import TestSupport
import Testing

@testable import Tmux

@Suite("Input to panes")
struct InputTests {
    @Test("a thousand chunks arrive once and in order")
    func manyChunks() async throws {
        try await TmuxFixture.with { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo")
            let chunks = (0..<1000).map { "<\($0) \"é\" $HOME ; # \\ ~>\n" }
            try await fixture.server.paste(chunks, into: pane.identity)
            let expected = chunks.joined()
            #expect(try await recording.text(asLongAs: expected) == expected)
        }
    }

    @Test("a paste is bracketed for a program that asked for it, chunk by chunk")
    func bracketedPaste() async throws {
        try await TmuxFixture.with { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo", bracketedPaste: true)
            try await fixture.server.paste(["-one\ntwo", "", ";"], into: pane.identity)
            try await fixture.server.sendKeys(["Enter"], to: pane.identity)
            let expected = "\u{1B}[200~-one\ntwo\u{1B}[201~\u{1B}[200~;\u{1B}[201~\r"
            #expect(try await recording.text(asLongAs: expected) == expected)
        }
    }

    @Test("pastes into several panes at once do not cross")
    func parallelPastes() async throws {
        try await TmuxFixture.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let (pane, recording) = try await fixture.createRecorder("dev-\(index)")
                        let chunks = (0..<200).map { "<\(index) \($0)>" }
                        try await fixture.server.paste(chunks, into: pane.identity)
                        #expect(try await recording.text(asLongAs: chunks.joined()) == chunks.joined())
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("typed text arrives as it is")
    func literal() async throws {
        try await TmuxFixture.with { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo")
            let texts = ["-dash", ";", "Enter", "\\ \" ' $HOME ~ # {", "a\tb\u{1B}[31m\u{1}", "é 😀 你好", "C-u"]
            for text in texts { try await fixture.server.sendLiteral(text, to: pane.identity) }
            #expect(try await recording.text(asLongAs: texts.joined()) == texts.joined())
        }
    }

    @Test("keys go by name")
    func keys() async throws {
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo")
            try await fixture.server.sendKeys(["C-u", "C-a", "Escape", "Enter", "x"], to: pane.identity)
            let expected = "\u{15}\u{1}\u{1B}\rx"
            #expect(try await recording.text(asLongAs: expected) == expected)
        }
    }

    @Test("a person's mode is left, and the input arrives", arguments: ["copy-mode", "choose-tree", "clock-mode"])
    func modes(mode: String) async throws {
        try await TmuxFixture.with { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo")
            try await fixture.attachPerson(to: "dev-foo")
            try await fixture.tmux(mode, "-t", pane.identity.id)
            #expect(try await fixture.server.pane(pane.identity.id)?.isInMode == true)
            try await fixture.server.leaveMode(pane.identity)
            #expect(try await fixture.server.pane(pane.identity.id)?.isInMode == false)
            try await fixture.server.leaveMode(pane.identity)

            try await fixture.tmux(mode, "-t", pane.identity.id)
            try await fixture.server.paste(["pasted"], into: pane.identity)
            try await fixture.tmux(mode, "-t", pane.identity.id)
            try await fixture.server.sendKeys(["Enter"], to: pane.identity)
            try await fixture.tmux(mode, "-t", pane.identity.id)
            try await fixture.server.sendLiteral("typed", to: pane.identity)
            #expect(try await recording.text(asLongAs: "pasted\rtyped") == "pasted\rtyped")
        }
    }

    @Test("input goes to the agent's pane, not to the shell that a person split off")
    func splitWindow() async throws {
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo")
            try await fixture.attachPerson(to: "dev-foo")
            let split = try await fixture.tmux(
                "split-window", "-b", "-t", "=dev-foo:", "-P", "-F", "#{pane_id}", "--", "sleep", "1000")
            let active = try await fixture.tmux("display-message", "-p", "-t", "=dev-foo:", "#{pane_id}")
            #expect(active.split(separator: "\n").first == split[...])
            try await fixture.server.paste(["for the agent"], into: pane.identity)
            try await fixture.server.sendKeys(["Enter"], to: pane.identity)
            #expect(try await recording.text(asLongAs: "for the agent\r") == "for the agent\r")
        }
    }

    @Test("nothing is typed into a dead pane, and the server lives")
    func deadPane() async throws {
        try await TmuxFixture.with { fixture in
            let pane = try await fixture.createSleeper("dev-foo")
            let server = try await fixture.server.connect()
            try await fixture.signal("KILL", pane.identity.processID)
            _ = try await SessionTests.deadState(of: pane, fixture)
            let identity = pane.identity
            let attempts: [() async throws -> Void] = [
                { try await fixture.server.paste(["a", "b"], into: identity) },
                { try await fixture.server.sendKeys(["Enter"], to: identity) },
                { try await fixture.server.sendLiteral("a", to: identity) },
            ]
            for attempt in attempts {
                let error = await failure(of: attempt)
                #expect(error?.code == .paneDead)
            }
            _ = try await fixture.server.capture(identity)
            #expect(try await fixture.server.server() == server)
            #expect(try await fixture.tmux("list-buffers").isEmpty)
        }
    }

    @Test("an agent that dies in the middle of a long paste does not take the server with it")
    func diesDuringPaste() async throws {
        try await TmuxFixture.with { fixture in
            let server = try await fixture.server.connect()
            for attempt in 0..<5 {
                let (pane, _) = try await fixture.createRecorder("dev-\(attempt)")
                async let pasted: Void = fixture.server.paste(
                    Array(repeating: String(repeating: "x", count: 700), count: 1000), into: pane.identity)
                try await fixture.signal("KILL", pane.identity.processID)
                _ = try? await pasted
                #expect(try await fixture.server.server() == server)
            }
        }
    }

    @Test("nothing is done to a pane in which another process runs, or which does not exist")
    func strangers() async throws {
        try await TmuxFixture.with { fixture in
            let (pane, recording) = try await fixture.createRecorder("dev-foo")
            let replaced = PaneIdentity(id: pane.identity.id, processID: pane.identity.processID + 1)
            let gone = PaneIdentity(id: "%99", processID: pane.identity.processID)
            for (identity, code) in [(replaced, TmuxError.Code.paneReplaced), (gone, .paneGone)] {
                #expect(await Self.codes(of: identity, fixture) == [code])
            }
            try await fixture.server.sendKeys(["x"], to: pane.identity)
            #expect(try await recording.text(asLongAs: "x") == "x")
        }
    }

    private static func codes(of identity: PaneIdentity, _ fixture: TmuxFixture) async -> Set<TmuxError.Code> {
        let server = fixture.server
        let attempts: [() async throws -> Void] = [
            { try await server.paste(["a"], into: identity) },
            { try await server.sendKeys(["Enter"], to: identity) },
            { try await server.sendLiteral("a", to: identity) },
            { try await server.leaveMode(identity) },
            { _ = try await server.capture(identity) },
            {
                _ = try await server.respawn(identity, directory: "/", command: ["sleep", "1"], killing: true)
            },
        ]
        var codes: Set<TmuxError.Code> = []
        for attempt in attempts {
            let error = await failure(of: attempt)
            if let error { codes.insert(error.code) }
        }
        return codes
    }

    @Test("the text of a pane is read with its history, whatever it looks like")
    func capture() async throws {
        try await TmuxFixture.with { fixture in
            let script = "seq 100; printf '%%end 1 2 1\\n%%exit\\n\\nlast é'; exec sleep 1000"
            let pane = try await fixture.server.createSession(
                name: "dev-foo", windowName: "agent", directory: "/", command: ["sh", "-c", script], width: 80, height: 24)
            let visible = try await eventually("the text to be drawn") {
                let lines = try await fixture.server.capture(pane.identity)
                return lines.contains("last é") ? lines : nil
            }
            #expect(visible.count == 24)
            #expect(visible.suffix(4) == ["%end 1 2 1", "%exit", "", "last é"])
            let all = try await fixture.server.capture(pane.identity, history: 1000)
            #expect(Array(all.prefix(100)) == (1...100).map(String.init))
        }
    }
}
