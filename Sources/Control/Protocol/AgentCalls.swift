import JSON
import Sessions

/// Asked by `dev-sessions launch` in a new pane: what it is to become.
public struct LaunchCall: ControlCall {
    public static let method = "launch"
    public typealias Result = LaunchPlan
    public var session: String

    public init(session: String) {
        self.session = session
    }
}

/// A hook of the agent's. The answer comes at once, except for a request that a caller is to decide.
public struct HookCall: ControlCall {
    public static let method = "hook"
    public var session: String
    /// As the agent wrote it to the hook's stdin.
    public var payload: JSON

    public struct Result: Codable, Sendable {
        /// What the hook prints, if anything.
        public var output: JSON?

        public init(output: JSON?) {
            self.output = output
        }
    }

    public init(session: String, payload: JSON) {
        self.session = session
        self.payload = payload
    }
}

/// Asked by `dev-sessions editor`, which agents run as their editor.
public struct EditorCall: ControlCall {
    public static let method = "editor"
    public typealias Result = EditorAnswer
    public var session: String

    public init(session: String) {
        self.session = session
    }
}
