/// How often each conversation has failed, for the errors that end after some times.
actor FailureCount {
    /// Two sessions may say the same.
    struct Key: Hashable {
        let session: String?
        let conversation: Conversation
    }

    private var counts: [Key: Int] = [:]

    func of(_ key: Key) -> Int { counts[key, default: 0] }

    func add(_ key: Key) { counts[key, default: 0] += 1 }
}
