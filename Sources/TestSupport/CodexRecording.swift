import JSON

/// What went over one or more connections to the real Codex's app-server (0.163.0), message by message.
public struct CodexRecording: Sendable {
    public static let names = [
        "01-basic-ws", "02-interrupt-steer-ws", "03-two-clients-ws", "04-errors-ws", "05-approvals-ws", "06-goals-ws",
        "08-crash-restart-ws", "09-20threads-one-conn", "10-tui-attach", "11-history-mode-and-locks", "12-subscription-fresh",
        "14-default-control-socket", "16-misc", "18-auth-ws", "19-unix-basic",
    ]

    public struct Frame: Sendable {
        /// The name of the connection; a new server or client has another.
        public let connection: String
        /// By the client.
        public let isSent: Bool
        public let json: JSON
    }

    /// A request of the client's with its answer.
    public struct Call: Sendable {
        public let connection: String
        public let method: String
        public let parameters: JSON
        public let answer: JSON
    }

    public let frames: [Frame]
    /// Requests that were too long to be kept.
    public let missingRequests: Int

    public init(_ name: String) throws {
        let lines = try Package.fixture("CodexAppServerTests/Fixtures/frames/\(name).jsonl").split(separator: UInt8(ascii: "\n"))
            .map { try JSON(parsing: $0) }
            .filter { ["in", "out"].contains($0["dir"]?.string) }
        missingRequests = lines.count { $0["dir"] == "out" && $0["frame"]?["TRIMMED"] != nil }
        frames = lines.compactMap { line in
            guard let frame = line["frame"], frame["TRIMMED"] == nil else { return nil }
            return Frame(connection: line["conn"]?.string ?? "", isSent: line["dir"] == "out", json: frame)
        }
    }

    public var calls: [Call] {
        var open: [String: JSON] = [:]
        var calls: [Call] = []
        for frame in frames {
            guard let id = frame.json["id"] else { continue }
            let key = "\(frame.connection) \(id.compact)"
            if frame.isSent {
                if frame.json["method"] != nil { open[key] = frame.json }
            } else if frame.json["method"] == nil, let request = open.removeValue(forKey: key) {
                calls.append(Call(
                    connection: frame.connection, method: request["method"]?.string ?? "", parameters: request["params"] ?? [:],
                    answer: frame.json))
            }
        }
        return calls
    }
}
