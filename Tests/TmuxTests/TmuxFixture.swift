import EventLoop
import TestSupport
import Testing

@testable import Tmux

/// A home with a tmux server of its own, and the object under test connected to it.
struct TmuxFixture {
    /// A tmux.conf that does everything that could harm us.
    static let hostileConfiguration = """
        set -g detach-on-destroy off
        set -g destroy-unattached on
        set -g remain-on-exit off
        set -g base-index 1
        setw -g pane-base-index 1
        set -g prefix C-a
        set -g status-right '#(exit 3)'
        set -g default-shell /bin/false
        set -g default-command 'exit 1'
        set -g mouse on
        set -g window-size smallest
        set-hook -g after-new-session 'split-window -- sleep 1000'
        set-hook -g session-created 'display-message -p created'
        set-hook -g after-display-message 'list-sessions'
        set -g no-such-option on

        """

    let home: TemporaryHome
    let loop: EventLoop
    let server: TmuxServer

    /// Gives `body` a fixture, and ends everything afterwards.
    static func with(
        configuration: String = "", executable: String = "tmux", answerDeadline: Duration = .seconds(30),
        _ body: (TmuxFixture) async throws -> Void
    ) async throws {
        let home = try TemporaryHome()
        try home.write(configuration, to: ".tmux.conf")
        System.ignoreBrokenPipes()
        let loop = try EventLoop(name: "tmux-test")
        var location = TmuxLocation(environment: home.environment())
        location.executable = executable
        let server = TmuxServer(
            on: loop, location: location, environment: home.environment(), keeper: ["sleep", "1000"],
            answerDeadline: answerDeadline)
        let fixture = TmuxFixture(home: home, loop: loop, server: server)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(fixture))
        } catch {
            outcome = .failure(error)
        }
        await server.close()
        let handles = loop.handleCounts.total
        await loop.shutdown()
        try await home.tmux.killServer()
        try await fixture.personsTmux.killServer()
        try outcome.get()
        #expect(handles == 0, "handles are left open after close()")
    }

    /// Runs a tmux command as somebody else would.
    @discardableResult
    func tmux(_ arguments: String...) async throws -> String {
        let result = try await Command("tmux", arguments, environment: home.environment()).run()
        guard result.isSuccess else { throw TestSupportError(.commandFailed, result.errorText) }
        return result.outputText.trimmingLineEnds()
    }

    /// Sends a signal to a process that this fixture started.
    func signal(_ name: String, _ processID: Int32) async throws {
        _ = try await Command("sh", ["-c", "kill -\(name) \(processID)"], environment: home.environment()).run()
    }

    /// The process of our own control client.
    func controlClient() async throws -> Int32 {
        let list = try await tmux("list-clients", "-t", "=_dev-sessions", "-F", "#{client_pid}")
        return try #require(Int32(list.split(separator: "\n").last ?? ""))
    }

    /// Makes a session whose program only sleeps.
    func createSleeper(_ name: String) async throws -> Pane {
        try await server.createSession(
            name: name, windowName: "agent", directory: home.path, command: ["sleep", "1000"])
    }

    /// Makes a session whose program writes every byte that it is sent to the returned file.
    func createRecorder(_ name: String, bracketedPaste: Bool = false) async throws -> (Pane, Recording) {
        let recording = Recording(path: "\(home.path)/\(name).recording")
        let script = """
            stty raw -echo
            if [ "$2" = true ]; then printf '\\033[?2004h'; fi
            : > "$1"
            exec cat >> "$1"
            """
        let pane = try await server.createSession(
            name: name, windowName: "agent", directory: home.path,
            command: ["sh", "-c", script, "sh", recording.path, String(bracketedPaste)])
        try await eventually("the recorder to be ready") { recording.exists }
        // tmux reads the request for bracketed paste from the terminal: what comes after it has been read, too.
        if bracketedPaste {
            // Each try is numbered: when its end is there, so is all that was sent before.
            var number = 0
            try await eventually("tmux to know of bracketed paste") {
                number += 1
                try await server.paste(["<\(number)>"], into: pane.identity)
                return try recording.text.hasSuffix("<\(number)>\u{1B}[201~")
            }
            try recording.clear()
        }
        return (pane, recording)
    }

    // MARK: A person at a terminal

    /// A second tmux server stands in for the person's terminal.
    private var personsTmux: TmuxSocket { TmuxSocket(directory: home.path + "/tmp") }

    /// Attaches a person to a session and waits until the server knows.
    func attachPerson(to session: String) async throws {
        try await personsTmux.run(
            "new-session", "-d", "-s", "person", "-x", "100", "-y", "30", "env", "-u", "TMUX",
            "TMUX_TMPDIR=\(home.path)/tmux", "tmux", "attach-session", "-t", "=\(session)")
        try await eventually("the person to be attached") { try await !server.clients(of: session).isEmpty }
    }

    func personTypes(_ keys: String) async throws {
        try await personsTmux.run("send-keys", "-t", "=person:", keys)
    }

    /// Whether the person's `tmux attach` still runs.
    func personIsAttachedSomewhere() async throws -> Bool {
        try await Command(
            "tmux", ["has-session", "-t", "=person"],
            environment: home.environment().merging(["TMUX_TMPDIR": home.path + "/tmp"]) { $1 }
        ).run().isSuccess
    }
}

extension String {
    func trimmingLineEnds() -> String {
        var text = self
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}

/// The error of this module that `body` throws, or nil.
func failure(of body: () async throws -> some Any) async -> TmuxError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? TmuxError
    }
}
