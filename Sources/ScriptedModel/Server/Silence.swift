extension Duration? {
    /// Waits for the time; for ever when it is nil, which ends with the connection or the server.
    func wait() async throws {
        if let self {
            if self > .zero { try await Task.sleep(for: self) }
        } else {
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
    }
}
