import EventLoop
import GRDB

/// Why the journal or sessions.json could not be read or written.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, to decide by. May grow.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// The disk has no room. Writing works again when it has.
        public static let diskFull = Code(description: "disk full")
        /// The file, its folder or its file system cannot be written to.
        public static let readOnly = Code(description: "read-only")
        /// What was to be written contradicts what is there, such as a turn of a session that does not exist.
        public static let conflict = Code(description: "conflict")
        /// The file's contents are not what they should be.
        public static let damaged = Code(description: "damaged")
        /// A newer version of this program wrote the file.
        public static let newerSchema = Code(description: "newer schema")
        /// Another program holds the file's lock, and did not let go in time.
        public static let locked = Code(description: "locked")
        /// It has not been opened, or has been closed.
        public static let closed = Code(description: "closed")
        /// Anything else; the cause says what.
        public static let failed = Code(description: "failed")
    }

    public let code: Code
    /// In words for the user: what was being done, what happened, and what to do.
    public let message: String
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        cause = nil
    }

    /// - Parameter operation: what was being done, such as `writing to the journal`.
    init(_ operation: String, cause: any Error) {
        switch cause {
        case let error as StorageError:
            self = error
            return
        case let error as DatabaseError:
            code = Code(error.extendedResultCode)
            message = "\(operation): \(error.message ?? "SQLite error") (\(error.extendedResultCode.rawValue))"
        case let error as EventLoopError:
            code = Code(error.cause)
            message = "\(operation): \(error)"
        default:
            code = .failed
            message = "\(operation): \(cause)"
        }
        self.cause = cause
    }

    public var description: String { message }
}

extension StorageError.Code {
    fileprivate init(_ code: ResultCode) {
        self =
            switch code {
            // Without room for its index, the write-ahead log fails in a way of its own.
            case .SQLITE_FULL, .SQLITE_IOERR_SHMSIZE: .diskFull
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN: .readOnly
            case .SQLITE_CONSTRAINT: .conflict
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
            default: .failed
            }
    }

    fileprivate init(_ error: SystemError?) {
        self =
            switch error {
            case .noSpace: .diskFull
            case .readOnly, .accessDenied, .notPermitted: .readOnly
            default: .failed
            }
    }
}
