/// Which process it is: its number alone is given to another when it has ended.
public struct ProcessIdentity: Sendable, Hashable, Codable {
    public let processID: Int32
    /// Linux: clock ticks since the machine's start (`/proc/<pid>/stat`, field 22, as in Claude Code's
    /// `procStart`). macOS: microseconds since 1970.
    public let startTime: UInt64

    public init(processID: Int32, startTime: UInt64) {
        self.processID = processID
        self.startTime = startTime
    }

    /// Of a process that runs now; nil when there is none, or when it has ended and waits to be reaped.
    public static func of(_ processID: Int32) -> ProcessIdentity? {
        System.startTime(of: processID).map { ProcessIdentity(processID: processID, startTime: $0) }
    }

    public var isAlive: Bool {
        System.startTime(of: processID) == startTime
    }
}
