import Testing

@testable import Tmux

@Suite("Replies to requests")
struct RequestQueueTests {
    private static func reply(_ lines: [String], fromClient: Bool = true) -> ControlModeReply {
        ControlModeReply(number: 1, isFromControlClient: fromClient, lines: lines)
    }

    private static func token(_ command: TmuxCommand) throws -> String {
        try #require(try command.rendered().split(separator: " ").last.map(String.init))
    }

    @Test("a request gets all replies up to its token, and those of hooks are nobody's")
    func matching() throws {
        var queue = RequestQueue<String>()
        let first = try Self.token(queue.add("first"))
        let second = try Self.token(queue.add("second"))
        #expect(queue.take(Self.reply(["a"])) == nil)
        #expect(queue.take(Self.reply(["hook"], fromClient: false)) == nil)
        #expect(queue.take(Self.reply([second])) == nil)
        let answered = queue.take(Self.reply([first]))
        let done = try #require(answered)
        #expect(done.completion == "first")
        #expect(done.replies == [Self.reply(["a"]), Self.reply([second])])
        let answeredLast = queue.take(Self.reply([second]))
        let last = try #require(answeredLast)
        #expect(last.completion == "second" && last.replies.isEmpty)
        #expect(queue.isEmpty)
        #expect(queue.take(Self.reply(["b"])) == nil)
    }

    @Test("what waits is handed over when the queue is emptied")
    func emptying() {
        var queue = RequestQueue<Int>()
        _ = queue.add(1)
        _ = queue.add(2)
        #expect(queue.removeAll() == [1, 2])
        #expect(queue.isEmpty)
    }
}

@Suite("Pauses between attempts to connect")
struct ReconnectBackoffTests {
    @Test("the first attempt is immediate, the later ones wait longer, up to five seconds")
    func growing() {
        var backoff = ReconnectBackoff()
        let pauses = (0..<9).map { _ in backoff.next() }
        #expect(pauses.prefix(4) == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(pauses.last == .seconds(5))
    }

    @Test("only a connection that lived for a while makes the next attempt immediate again")
    func reset() {
        var backoff = ReconnectBackoff()
        _ = backoff.next()
        backoff.connectionEnded(after: .seconds(1))
        #expect(backoff.next() == .milliseconds(100))
        backoff.connectionEnded(after: .seconds(60))
        #expect(backoff.next() == .zero)
    }
}

@Suite("Choice of the server")
struct TmuxLocationTests {
    @Test("options and environment are those of tmux")
    func options() {
        #expect(TmuxLocation(environment: [:]).options.isEmpty)
        #expect(TmuxLocation(environment: ["TMUX_TMPDIR": ""]).environment.isEmpty)
        #expect(TmuxLocation(environment: ["TMUX_TMPDIR": "/t"]).environment == ["TMUX_TMPDIR": "/t"])
        #expect(TmuxLocation(socket: .named("work")).options == ["-L", "work"])
        #expect(TmuxLocation(socket: .path("/s")).options == ["-S", "/s"])
    }

    @Test("a server is started with what a terminal needs, and nothing else of the caller's environment")
    func environment() {
        let caller = [
            "HOME": "/h", "PATH": "/bin", "LC_ALL": "C.UTF-8", "TMUX_TMPDIR": "/other", "TMUX": "/s,1,0",
            "ANTHROPIC_API_KEY": "secret", "CLAUDECODE": "1",
        ]
        let location = TmuxLocation(temporaryDirectory: "/t")
        #expect(
            ServerEnvironment.minimal(of: caller, at: location)
                == ["HOME": "/h", "PATH": "/bin", "LC_ALL": "C.UTF-8", "TMUX_TMPDIR": "/t"])
    }
}
