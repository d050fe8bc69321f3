import EventLoop
import Logging
import Sessions

/// The supervisor's log: one line for each message in a file that is its user's alone, which makes room for a new one
/// when it has grown; the one before it is kept.
public struct SupervisorLog: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]

    private let path: String
    private let sizeLimit: Int

    /// - Parameters:
    ///   - path: of the file; the older one has `.1` after its name.
    ///   - sizeLimit: in bytes.
    public init(path: String, sizeLimit: Int = 8 << 20) {
        self.path = path
        self.sizeLimit = sizeLimit
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(Timestamp.now()) \(event.level) \(event.message)\(details)\n"
        if let size = FileIdentity.of(path: path)?.size, size + line.utf8.count > sizeLimit {
            try? System.rename(path, to: path + ".1")
        }
        // A full disk must not end the supervisor.
        try? System.append(path, Array(line.utf8))
    }
}
