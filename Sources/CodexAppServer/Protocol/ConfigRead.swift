import JSON

/// Reads the settings that hold in a folder: the user's, the project's and the built-in ones together.
public struct ConfigRead: AppServerCall {
    public static let method = "config/read"
    public struct Result: Decodable, Sendable {
        /// A setting that nobody has made is null.
        public let config: JSON
    }

    public var cwd: String

    public init(cwd: String) {
        self.cwd = cwd
    }
}
