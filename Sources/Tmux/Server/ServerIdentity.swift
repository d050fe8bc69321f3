/// One run of a tmux server.
public struct ServerIdentity: Sendable, Hashable, Codable {
    public let processID: Int32
    /// Seconds since 1970.
    public let startTime: Int
    /// Such as `3.3a`.
    public let version: String
}

extension ServerIdentity {
    static let format = "#{pid}:#{start_time}:#{version}"

    init?(line: String) {
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let processID = Int32(fields[0]), let startTime = Int(fields[1]) else { return nil }
        self.init(processID: processID, startTime: startTime, version: String(fields[2]))
    }
}
