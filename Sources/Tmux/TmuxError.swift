/// Why something asked of tmux did not happen.
public struct TmuxError: Error, Sendable, Hashable {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case invalidArgument, duplicateSession, noServer, connectionLost, timedOut, paneGone, paneReplaced, paneDead
            case commandFailed, unexpectedAnswer, cannotStart, closed
        }

        private let name: Name

        /// tmux cannot take the argument; nothing was sent.
        public static let invalidArgument = Code(name: .invalidArgument)
        /// A session of that name exists.
        public static let duplicateSession = Code(name: .duplicateSession)
        /// No server runs on the socket.
        public static let noServer = Code(name: .noServer)
        /// The client or the server died before the answer: whether the command ran is unknown.
        public static let connectionLost = Code(name: .connectionLost)
        /// The server did not answer in time: whether the command ran is unknown.
        public static let timedOut = Code(name: .timedOut)
        /// The pane does not exist.
        public static let paneGone = Code(name: .paneGone)
        /// Another process than the expected one runs in the pane; nothing was done to it.
        public static let paneReplaced = Code(name: .paneReplaced)
        /// The pane's process has ended; nothing was done to it.
        public static let paneDead = Code(name: .paneDead)
        /// tmux refused the command.
        public static let commandFailed = Code(name: .commandFailed)
        /// tmux answered something this module does not know.
        public static let unexpectedAnswer = Code(name: .unexpectedAnswer)
        /// The tmux client or server could not be started, or ended while starting.
        public static let cannotStart = Code(name: .cannotStart)
        /// The connection was closed by its owner.
        public static let closed = Code(name: .closed)

        public var description: String { name.rawValue }
    }

    public let code: Code
    /// What was being done, as a clause: `creating session "dev-foo"`.
    public let operation: String
    /// Why it failed: tmux's own words, or ours.
    public let reason: String

    public init(_ code: Code, while operation: String, reason: String) {
        self.code = code
        self.operation = operation
        self.reason = reason
    }
}

extension TmuxError: CustomStringConvertible {
    public var description: String { "tmux: \(operation): \(reason)" }
}

extension TmuxError {
    static func commandFailed(_ reply: ControlModeReply, while operation: String) -> TmuxError {
        let reason = reply.lines.joined(separator: "; ")
        let code: Code = reason.hasPrefix("duplicate session") ? .duplicateSession : .commandFailed
        return TmuxError(code, while: operation, reason: reason)
    }
}
