import EventLoop

extension Agent {
    private static let exitWords: Set<String> = ["exit", "quit", ":q", ":q!", ":wq", ":wq!", "/exit", "/quit"]
    /// The commands that open something on the screen and record nothing.
    private static let localCommands: Set<String> = [
        "/config", "/context", "/cost", "/help", "/memory", "/model", "/permissions", "/status", "/usage",
    ]

    /// Takes a message from the input box or the command line.
    /// - Parameters:
    ///   - bareText: the message without the frames around long pastes, which hide no `!` and no exit word.
    ///   - isShellCommand: it begins with a `!` that was typed.
    func submit(_ message: String, bareText: String? = nil, isShellCommand: Bool = false) {
        let bareText = bareText ?? message
        let word = bareText.trimmed
        if Self.exitWords.contains(word) { return end(reason: "prompt_input_exit", status: 0) }
        if turn != nil { return enqueue(message) }
        if isShellCommand {
            begin(Turn(shellCommand: String(bareText.dropFirst())))
        } else if let command = Self.command(message) {
            run(command)
        } else {
            begin(Turn(prompts: [message], source: .typed))
        }
    }

    private func enqueue(_ message: String) {
        queue.append(message)
        transcript.noteQueue("enqueue", message)
        guard Self.command(message) == nil else { return }
        Task {
            _ = await fire(
                "UserPromptSubmit", ["permission_mode": .string(permissionMode.rawValue), "prompt": .string(message)])
        }
    }

    /// Starts what waited for the turn to end: a command alone, messages all in one turn.
    func takeFromQueue() {
        guard turn == nil else { return }
        guard let first = queue.first else { return takeNotification() }
        if let command = Self.command(first) {
            queue.removeFirst()
            transcript.noteQueue("dequeue")
            return run(command)
        }
        let messages = Array(queue.prefix { Self.command($0) == nil })
        queue.removeFirst(messages.count)
        for _ in messages { transcript.noteQueue("dequeue") }
        begin(Turn(prompts: messages, source: .queued))
    }

    /// A command and its arguments, for a text that begins with a slash and a word; a path is none.
    static func command(_ message: String) -> (name: String, arguments: String)? {
        let text = message.trimmed
        let name = String(text.prefix { !$0.isWhitespace })
        guard name.hasPrefix("/"), name.dropFirst().first?.isLetter == true, !name.dropFirst().contains("/"),
            !System.exists(name)
        else { return nil }
        return (name, String(text.dropFirst(name.count)).trimmed)
    }

    private func run(_ command: (name: String, arguments: String)) {
        switch command.name {
        case "/clear": Task { await clear() }
        case "/compact": begin(Turn(compaction: command.arguments))
        case _ where Self.localCommands.contains(command.name): show(.local(command.name))
        default:
            if transcript.isNew { transcript.noteModes(permissionMode) }
            transcript.addInformation("Unknown command: \(command.name)")
            if !command.arguments.isEmpty {
                transcript.addInformation("Args from unknown skill: \(command.arguments)")
            }
            screen.say("Unknown command: \(command.name)")
            takeFromQueue()
        }
    }
}

extension String {
    var trimmed: String {
        var text = self[...].drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
