import Directives

/// What the model answers, whichever API it is asked through.
struct Script {
    private let failures = FailureCount()

    func reply(to conversation: Conversation, session: String?) async -> Reply {
        guard let (item, toolResults) = conversation.newest else { return .text("ok") }
        let key = FailureCount.Key(session: session, conversation: conversation)
        switch item {
        case .prompt(let text):
            return await obey(Directive(text), toolResults: toolResults, in: key)
        case .goal(let objective, let turn):
            return await obey(Directive(objective), toolResults: toolResults, goalTurn: turn, in: key)
        case .remark(let remark): return remark.reply
        case .toolResults, .answer: return .text("ok")
        }
    }

    private func obey(
        _ directive: Directive, toolResults: [[String]], goalTurn: Int = 1, in key: FailureCount.Key
    ) async -> Reply {
        let reply = directive.reply(toolResults: toolResults, failures: await failures.of(key), goalTurn: goalTurn)
        if case .failure = reply { await failures.add(key) }
        return reply
    }
}
