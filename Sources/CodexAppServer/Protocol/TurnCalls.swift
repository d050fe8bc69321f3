import JSON

public struct UserInput: Encodable, Sendable {
    public let type = "text"
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    private enum CodingKeys: String, CodingKey { case type, text }
}

/// Starts a turn of a loaded thread. While a turn runs, it adds to that one instead, and returns its id.
public struct TurnStart: AppServerCall {
    public static let method = "turn/start"
    public struct Result: Decodable, Sendable {
        public let turn: ThreadTurn
    }

    /// In characters: longer input is refused by the server (codex-cli 0.163.0).
    public static let maximumCharacters = 1_048_576

    public var threadId: String
    public var input: [UserInput]
    /// Comes back as the user message's `clientId`, by which it is found again. The server takes the same one twice.
    public var clientUserMessageId: String

    public init(threadId: String, text: String, clientUserMessageId: String) {
        self.threadId = threadId
        input = [UserInput(text)]
        self.clientUserMessageId = clientUserMessageId
    }
}

/// Adds to the running turn: the answer under way is cut, and goes on with the message in mind.
public struct TurnSteer: AppServerCall {
    public static let method = "turn/steer"
    public struct Result: Decodable, Sendable {
        public let turnId: String
    }

    public var threadId: String
    public var expectedTurnId: String
    public var input: [UserInput]
    public var clientUserMessageId: String

    public init(threadId: String, expectedTurnId: String, text: String, clientUserMessageId: String) {
        self.threadId = threadId
        self.expectedTurnId = expectedTurnId
        input = [UserInput(text)]
        self.clientUserMessageId = clientUserMessageId
    }
}

/// Stops the running turn; the shell commands that it started go on. Never to be sent twice for one turn: the second
/// is answered only when the next turn ends.
public struct TurnInterrupt: AppServerCall {
    public static let method = "turn/interrupt"
    public typealias Result = Unused

    public var threadId: String
    public var turnId: String

    public init(threadId: String, turnId: String) {
        self.threadId = threadId
        self.turnId = turnId
    }
}
