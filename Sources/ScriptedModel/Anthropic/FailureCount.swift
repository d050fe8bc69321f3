/// How often each conversation has failed, for the errors that end after some times.
actor FailureCount {
    private var counts: [Conversation: Int] = [:]

    func of(_ conversation: Conversation) -> Int { counts[conversation, default: 0] }

    func add(_ conversation: Conversation) { counts[conversation, default: 0] += 1 }
}
