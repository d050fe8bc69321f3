/// Matches replies to the requests they answer.
///
/// How many replies a request gets depends on what its commands do, so each request ends with a command
/// that prints a token, and is answered when the token comes back. Tokens cannot be guessed: a pane's text
/// is output, too.
struct RequestQueue<Completion> {
    private struct Request {
        let token: String
        let completion: Completion
        var replies: [ControlModeReply] = []
    }

    private let secret: UInt64
    private var sequence = 0
    private var requests: [Request] = []

    init(secret: UInt64 = .random(in: .min ... .max)) {
        self.secret = secret
    }

    var isEmpty: Bool { requests.isEmpty }

    /// Adds a request and returns the command that has to follow its own.
    mutating func add(_ completion: Completion) -> TmuxCommand {
        sequence += 1
        let token = "dev-sessions-\(String(secret, radix: 36))-\(sequence)"
        requests.append(Request(token: token, completion: completion))
        return TmuxCommand("display-message", "-p", token)
    }

    /// Takes the next reply; returns the oldest request with all of its replies when this was the last one.
    mutating func take(_ reply: ControlModeReply) -> (completion: Completion, replies: [ControlModeReply])? {
        // Commands of the user's hooks answer in between, marked as not ours.
        guard reply.isFromControlClient, let token = requests.first?.token else { return nil }
        guard reply.lines == [token] else {
            requests[0].replies.append(reply)
            return nil
        }
        let request = requests.removeFirst()
        return (request.completion, request.replies)
    }

    /// Empties the queue and returns what was waiting.
    mutating func removeAll() -> [Completion] {
        defer { requests = [] }
        return requests.map(\.completion)
    }
}
