import CLibuv

/// An error number of the operating system, as a value.
public struct SystemError: Sendable, Hashable, CustomStringConvertible {
    /// The `errno`; negative for the few errors that are libuv's own (such as its end of file).
    public let number: Int32

    public init(number: Int32) {
        self.number = number
    }

    /// libuv returns negated error numbers.
    init(status: Int32) {
        number = -status
    }

    public static let noSuchFile = SystemError(number: ENOENT)
    public static let noSuchProcess = SystemError(number: ESRCH)
    public static let exists = SystemError(number: EEXIST)
    public static let notPermitted = SystemError(number: EPERM)
    public static let accessDenied = SystemError(number: EACCES)
    public static let noSpace = SystemError(number: ENOSPC)
    public static let readOnly = SystemError(number: EROFS)
    public static let tooManyOpenFiles = SystemError(number: EMFILE)
    public static let brokenPipe = SystemError(number: EPIPE)
    public static let connectionRefused = SystemError(number: ECONNREFUSED)
    public static let connectionReset = SystemError(number: ECONNRESET)
    public static let addressInUse = SystemError(number: EADDRINUSE)
    public static let wouldBlock = SystemError(number: EAGAIN)
    public static let nameTooLong = SystemError(number: ENAMETOOLONG)
    public static let notImplemented = SystemError(number: ENOSYS)
    public static let timedOut = SystemError(number: ETIMEDOUT)

    /// The system's words for it, such as `no such file or directory`.
    public var message: String { String(cString: uv_strerror(-number)) }
    /// The symbol, such as `ENOENT`.
    public var name: String { String(cString: uv_err_name(-number)) }
    public var description: String { "\(message) (\(name))" }

    var code: EventLoopError.Code {
        switch self {
        case .noSuchFile, .noSuchProcess: .notFound
        case .connectionRefused, .connectionReset, .brokenPipe: .refused
        case .addressInUse: .inUse
        case .timedOut: .timedOut
        case .nameTooLong: .tooLong
        case SystemError(number: ECANCELED): .cancelled
        case SystemError(number: EINVAL): .invalid
        default: .system
        }
    }
}
