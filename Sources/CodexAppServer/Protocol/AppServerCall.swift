import JSON

/// A request to the app-server (codex-cli 0.163.0): its method's name, its parameters and its result belong together.
///
/// Only the fields that are used are there; a test holds them against the schema that the real server prints.
public protocol AppServerCall: Encodable, Sendable {
    associatedtype Result: Decodable & Sendable
    static var method: String { get }
}

/// A result of which nothing is used.
public struct Unused: Decodable, Sendable {
    public init(from decoder: any Decoder) {}
}

/// The first request of every connection.
struct Initialize: AppServerCall {
    static let method = "initialize"

    struct Result: Decodable, Sendable {
        /// Starts with the name of the server's first client and the version of Codex: `dev-sessions/0.163.0 (…)`.
        let userAgent: String
        let codexHome: String?
    }

    struct ClientInfo: Encodable, Sendable {
        let name: String
        let title: String
        let version: String
    }

    struct Capabilities: Encodable, Sendable {
        let experimentalApi: Bool
        /// These are not sent: a turn's text comes whole with the end of each item.
        let optOutNotificationMethods: [String]
    }

    let clientInfo: ClientInfo
    let capabilities: Capabilities

    init(clientVersion: String) {
        clientInfo = ClientInfo(name: "dev-sessions", title: "dev-sessions", version: clientVersion)
        capabilities = Capabilities(experimentalApi: true, optOutNotificationMethods: [
            "item/agentMessage/delta", "item/plan/delta", "item/reasoning/summaryTextDelta", "item/reasoning/textDelta",
            "item/commandExecution/outputDelta", "item/fileChange/outputDelta", "turn/diff/updated",
        ])
    }
}
