/// The messages of one session's user, put together from the conversations that its requests carried.
///
/// Each request repeats the conversation so far. Codex gives messages identifiers, which last through a compaction
/// although that shortens long messages. Without them a message is new where a request goes beyond the one before it:
/// a message taken back (Escape before the first word of the answer) is missing from the next request, and a
/// compaction starts the conversation anew.
struct ReceivedPrompts {
    private(set) var texts: [String] = []

    init(_ requests: [RecordedRequest], session: String) {
        var previous: [String] = []
        var seen: Set<String> = []
        for request in requests where request.session == session && !request.isFromSubagent {
            guard let conversation = request.conversation else { continue }
            let prompts = conversation.prompts
            guard conversation.promptIdentifiers.isEmpty else {
                texts += zip(conversation.promptIdentifiers, prompts).filter { seen.insert($0.0).inserted }.map(\.1)
                continue
            }
            if prompts.isEmpty { continue }
            let known = zip(previous, prompts).prefix { $0 == $1 }.count
            texts += prompts[(known > 0 ? known : overlap(with: prompts))...]
            previous = prompts
        }
    }

    /// How many of the first `prompts` are the last ones known.
    private func overlap(with prompts: [String]) -> Int {
        stride(from: min(prompts.count, texts.count), through: 1, by: -1)
            .first { prompts[..<$0].elementsEqual(texts.suffix($0)) } ?? 0
    }
}
