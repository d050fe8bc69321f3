/// The protocol between a command and the supervisor: JSON-RPC 2.0, one object per line, over a Unix socket.
///
/// A client's first line is always a ``Hello`` request. A supervisor that speaks another
/// ``ControlProtocol/version`` answers it with ``ControlError/Code/incompatible`` and takes nothing else.
public enum ControlProtocol {
    /// Changed whenever a message changes in a way that an older peer would misread.
    public static let version = 1
}

/// A call that the supervisor answers: its method's name, its parameters and its result belong together.
public protocol ControlCall: Codable, Sendable {
    associatedtype Result: Codable & Sendable
    static var method: String { get }
    /// What a user does whose command lost the supervisor before the answer: it may have done what was asked.
    static var adviceWhenLost: String { get }
}

extension ControlCall {
    public static var adviceWhenLost: String { "Sessions go on; run the command again." }
}

/// Told to every client by a supervisor that stops because somebody asked it to: no crash, and nobody is to start another.
enum StoppingNotification {
    static let method = "supervisor.stopping"
}

/// A result without content.
public struct Done: Codable, Sendable {
    public init() {}
}

/// Opens every connection.
public struct Hello: ControlCall {
    public static let method = "hello"
    public var protocolVersion: Int
    public var programVersion: String

    public struct Result: Codable, Sendable {
        public var protocolVersion: Int
        public var programVersion: String
        public var processID: Int32

        public init(protocolVersion: Int, programVersion: String, processID: Int32) {
            self.protocolVersion = protocolVersion
            self.programVersion = programVersion
            self.processID = processID
        }
    }

    public init(protocolVersion: Int = ControlProtocol.version, programVersion: String) {
        self.protocolVersion = protocolVersion
        self.programVersion = programVersion
    }
}
