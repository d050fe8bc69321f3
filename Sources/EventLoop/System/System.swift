#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The operating system's calls, as the rest of the program uses them: nothing else imports the C library.
///
/// Every call here blocks; on a loop's thread only those are used that end at once.
public enum System {
    // MARK: Errors

    static var lastError: SystemError { SystemError(number: errno) }

    /// Repeats a call that a signal interrupted; a result below zero is an error.
    @discardableResult
    static func call<Result: SignedInteger>(
        _ operation: @autoclosure () -> String, _ body: () -> Result
    ) throws(EventLoopError) -> Result {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw EventLoopError(operation(), cause: lastError) }
        }
    }

    // MARK: This process

    public static var processID: Int32 { getpid() }
    public static var parentProcessID: Int32 { getppid() }
    /// The real user.
    public static var userID: UInt32 { getuid() }

    /// Whether a person may be at the other end of a descriptor (0, 1, 2: the standard ones).
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Makes this process the leader of a session of its own, out of reach of its terminal's signals.
    public static func startNewSession() throws(EventLoopError) {
        try call("starting a session of processes") { setsid() }
    }

    /// Writing to a pipe or socket that nobody reads then fails with `EPIPE` instead of ending the process.
    /// Children of `ChildProcess` and `execute` start with the default again.
    public static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Sends a signal to a process, or to the group `-processID`.
    /// - Throws: `.notFound` when there is none.
    public static func kill(_ processID: Int32, _ signal: Int32) throws(EventLoopError) {
        try call("sending signal \(signal) to process \(processID)") { platformKill(processID, signal) }
    }

    /// Becomes another program; returns only by throwing. Signals that this program ignored and its limit of
    /// open files are what they were.
    /// - Parameters:
    ///   - path: of the executable; it is not looked up.
    ///   - arguments: with the program's name first.
    ///   - environment: all of it; nothing is inherited.
    public static func execute(
        _ path: String, arguments: [String], environment: [String: String]
    ) throws(EventLoopError) -> Never {
        try call("executing \(path)") { access(path, X_OK) }
        let ignored = signal(SIGPIPE, SIG_DFL)
        restoreOpenFileLimit()
        let error = withCStrings(arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                execve(path, arguments, environment)
                return lastError
            }
        }
        signal(SIGPIPE, ignored)
        if openFileLimitForChildren != nil { raiseOpenFileLimit() }
        throw EventLoopError("executing \(path)", cause: error)
    }

    /// A null-terminated array of C strings.
    static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(&pointers)
    }

    // MARK: Descriptors

    public static func close(_ descriptor: Int32) {
        _ = platformClose(descriptor)
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(EventLoopError) -> Int32 {
        try call("opening \(path)") { platformOpen(path, flags | O_CLOEXEC, mode) }
    }

    static func openForReading(_ path: String) throws(EventLoopError) -> Int32 {
        try open(path, O_RDONLY)
    }

    static func openForLocking(_ path: String) throws(EventLoopError) -> Int32 {
        try open(path, O_RDWR | O_CREAT, mode: 0o600)
    }

    /// As many bytes as there are, at most `count`; none at the end.
    static func read(_ descriptor: Int32, count: Int, _ name: String) throws(EventLoopError) -> [UInt8] {
        var failure: EventLoopError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(EventLoopError) {
                initialized = try call("reading \(name)") { platformRead(descriptor, buffer.baseAddress, count) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    static func read(
        _ descriptor: Int32, at offset: Int, count: Int, _ name: String
    ) throws(EventLoopError) -> [UInt8] {
        var failure: EventLoopError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(EventLoopError) {
                initialized = try call("reading \(name)") {
                    pread(descriptor, buffer.baseAddress, count, off_t(offset))
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// All of them, in as many calls as it takes.
    static func write(_ descriptor: Int32, _ bytes: [UInt8], _ name: String) throws(EventLoopError) {
        var failure: EventLoopError?
        bytes.withUnsafeBytes { buffer in
            var position = 0
            do throws(EventLoopError) {
                while position < buffer.count {
                    position += try call("writing to \(name)") {
                        platformWrite(descriptor, buffer.baseAddress! + position, buffer.count - position)
                    }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

private let platformKill: @Sendable (pid_t, Int32) -> Int32 = kill
private let platformClose: @Sendable (Int32) -> Int32 = close
private let platformOpen: @Sendable (UnsafePointer<CChar>, Int32, mode_t) -> Int32 = open
private let platformRead: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = read
private let platformWrite: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = write
