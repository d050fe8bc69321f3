import ArgumentParser
import Control
import JSON
import Sessions

struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "Print a session's conversation.")

    @Argument(help: "The session.")
    var id: String

    @Flag(help: "Print the conversation as a JSON array; with --follow, one message a line.")
    var json = false

    @Flag(help: "Go on printing what is said, until interrupted.")
    var follow = false

    func run() throws {
        let client = try Invocation.current().launcher.connect()
        // What is said while the answer is under way comes after it.
        var early: [LogNotification] = []
        let messages = try client.call(LogsCall(session: id, follow: follow), attention: .init(notified: { method, parameters in
            if let news = Self.news(method, parameters) { early.append(news) }
        })).messages
        guard follow else { return try show(messages) }
        var isFirst = true
        for message in messages + early.compactMap(\.message) { try show(message, &isFirst) }
        if early.contains(where: { $0.message == nil }) { return }
        try client.listen { method, parameters in
            guard let news = Self.news(method, parameters) else { return true }
            guard let message = news.message else { return false }
            try show(message, &isFirst)
            return true
        }
    }

    private func show(_ messages: [LogMessage]) throws {
        if json {
            try Output.print(compactJSON: messages)
        } else if messages.isEmpty {
            try Output.print("No conversation history available")
        } else {
            try Output.print(messages.map(Self.block).joined(separator: "\n\n"))
        }
    }

    private func show(_ message: LogMessage, _ isFirst: inout Bool) throws {
        guard !json else { return try Output.print(compactJSON: message) }
        try Output.print((isFirst ? "" : "\n") + Self.block(message))
        isFirst = false
    }

    private static func block(_ message: LogMessage) -> String {
        "[\(message.role.rawValue.uppercased())]\n\(message.text)"
    }

    private static func news(_ method: String, _ parameters: JSON) -> LogNotification? {
        guard method == LogNotification.method else { return nil }
        return try? parameters.decode(LogNotification.self)
    }
}
