import EventLoop
import JSON

/// What a live Claude Code process tells of itself in `<configuration>/sessions/<pid>.json`.
///
/// Observed with Claude Code 2.1.329. The file of a process that was killed stays behind with its last words:
/// compare `processStart` with the process before believing it.
public struct ClaudeStatus: Sendable, Hashable {
    public enum Activity: Sendable, Hashable {
        case idle
        case busy
        /// What for, in Claude's words: `permission prompt`, `input needed`, `dialog open`, …
        case waiting(for: String)
        /// A word that this version of ours does not know; it counts as busy.
        case unknown(String)
    }

    public let processID: Int32
    /// The conversation, which `/clear` changes.
    public let conversation: String
    public let activity: Activity
    /// `/proc/<pid>/stat`'s start time, where the file has it.
    public let processStart: UInt64?
    /// When the activity began, in milliseconds since 1970.
    public let activitySince: Int64?
    public let version: String?
    /// `cli` at a terminal, `sdk-cli` headless.
    public let entrypoint: String?

    /// - Returns: nil when the bytes are not a status, for example while the file is being written.
    public init?(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes),
              let processID = json["pid"]?.int,
              let conversation = json["sessionId"]?.string
        else { return nil }
        self.processID = Int32(truncatingIfNeeded: processID)
        self.conversation = conversation
        // Before the prompt is drawn the file stands without a status.
        switch json["status"]?.string {
        case "idle": activity = .idle
        case "busy": activity = .busy
        case "waiting": activity = .waiting(for: json["waitingFor"]?.string ?? "input needed")
        case let other: activity = .unknown(other ?? "")
        }
        processStart = json["procStart"]?.string.flatMap(UInt64.init)
        activitySince = json["statusUpdatedAt"]?.int.map(Int64.init)
        version = json["version"]?.string
        entrypoint = json["entrypoint"]?.string
    }

    /// Whether it speaks of this process, and not of an earlier one with the same number.
    public func describes(_ process: ProcessIdentity) -> Bool {
        processID == process.processID && (processStart == nil || processStart == process.startTime)
    }
}
