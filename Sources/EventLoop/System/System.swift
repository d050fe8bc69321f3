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
        signal(SIGPIPE, SIG_DFL)
        restoreOpenFileLimit()
        let error = withCStrings(arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                execve(path, arguments, environment)
                return lastError
            }
        }
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

    // MARK: Files and directories

    public static func removeFile(_ path: String) throws(EventLoopError) {
        try call("removing \(path)") { unlink(path) }
    }

    /// The names of a directory's entries, in no order, without `.` and `..`.
    public static func entries(of directory: String) throws(EventLoopError) -> [String] {
        guard let stream = opendir(directory) else { throw EventLoopError("listing \(directory)", cause: lastError) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a directory with everything in it, or a file; symbolic links are not followed.
    public static func removeTree(_ path: String) throws(EventLoopError) {
        if unlink(path) == 0 { return }
        guard errno == EISDIR || errno == EPERM else { throw EventLoopError("removing \(path)", cause: lastError) }
        for name in try entries(of: path) { try removeTree("\(path)/\(name)") }
        try call("removing \(path)") { rmdir(path) }
    }

    /// Replaces what is at `destination`, in one step.
    public static func rename(_ path: String, to destination: String) throws(EventLoopError) {
        try call("renaming \(path) to \(destination)") { platformRename(path, destination) }
    }

    /// Makes a directory that only its user can enter (0700); one that exists stays as it is.
    /// - Parameter withParents: makes those that are missing, in the same way.
    public static func makeDirectory(_ path: String, withParents: Bool = false) throws(EventLoopError) {
        do throws(EventLoopError) {
            try call("making the directory \(path)") { mkdir(path, 0o700) }
        } catch where error.cause == .exists {
            return
        } catch where withParents && error.cause == .noSuchFile {
            guard let parent = parentDirectory(of: path) else { throw error }
            try makeDirectory(parent, withParents: true)
            try makeDirectory(path)
        }
    }

    /// The path without its last component: nil for the root and for a single name.
    static func parentDirectory(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), path != "/" else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path without symbolic links, `.` and `..`, or nil when there is nothing.
    public static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    public static func setPermissions(_ path: String, _ mode: UInt16) throws(EventLoopError) {
        try call("setting the permissions of \(path)") { chmod(path, mode_t(mode)) }
    }

    /// Adds bytes to the end of a file in one piece, as others may do at the same time; makes the file,
    /// for its user only (0600), when there is none.
    public static func append(_ path: String, _ bytes: [UInt8]) throws(EventLoopError) {
        let descriptor = try open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600)
        defer { close(descriptor) }
        try write(descriptor, bytes, path)
    }

    /// Puts a new file (0600) in the place of the old one: who reads sees one or the other, never a part.
    /// - Parameter durably: waits until the disk has it, so that it outlasts a loss of power.
    public static func replace(_ path: String, with bytes: [UInt8], durably: Bool = false) throws(EventLoopError) {
        let temporary = "\(path).\(processID).new"
        let descriptor = try open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        do throws(EventLoopError) {
            defer { close(descriptor) }
            try write(descriptor, bytes, temporary)
            if durably { try call("writing \(temporary) to disk") { fsync(descriptor) } }
        } catch {
            try? removeFile(temporary)
            throw error
        }
        try rename(temporary, to: path)
    }

    enum FileKind { case regular, directory, socket, other }

    /// What there is at a path, symbolic links followed.
    static func state(of path: String) -> (identity: FileIdentity, kind: FileKind)? {
        var answer = stat()
        return stat(path, &answer) == 0 ? answer.state : nil
    }

    static func state(of descriptor: Int32) -> (identity: FileIdentity, kind: FileKind)? {
        var answer = stat()
        return fstat(descriptor, &answer) == 0 ? answer.state : nil
    }

    /// The program that a shell would start: `name` itself when it holds a slash, else the first executable
    /// file of that name in the directories of `path`.
    public static func findExecutable(_ name: String, path: String) -> String? {
        if name.contains("/") { return isExecutable(name) ? name : nil }
        return path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    private static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0 && FileIdentity.isRegularFile(path)
    }

    /// Waits for, or tries to get, the lock of an open file.
    static func lock(_ descriptor: Int32, waits: Bool, _ name: String) throws(EventLoopError) -> Bool {
        do throws(EventLoopError) {
            try call("locking \(name)") { flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) }
            return true
        } catch where error.cause == .wouldBlock {
            return false
        }
    }

    // MARK: Unix sockets

    /// The longest path, in bytes, that a Unix socket may have: 107 on Linux, 103 on macOS.
    public static let socketPathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    static func checkSocketPath(_ path: String) throws(EventLoopError) {
        if path.utf8.count > socketPathLimit {
            throw EventLoopError("using the socket \(path)", cause: .nameTooLong)
        }
    }

    /// A socket bound to a path and not yet listening, so that its permissions are set before anybody can
    /// connect. Takes the place of a socket on which nobody answers.
    static func bindUnixSocket(_ path: String) throws(EventLoopError) -> Int32 {
        let descriptor = try makeUnixSocket()
        do throws(EventLoopError) {
            do throws(EventLoopError) {
                try withAddress(of: path, "listening on \(path)") { bind(descriptor, $0, $1) }
            } catch where error.code == .inUse {
                guard isLeftSocket(path) else { throw error }
                try removeFile(path)
                try withAddress(of: path, "listening on \(path)") { bind(descriptor, $0, $1) }
            }
            try setPermissions(path, 0o600)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    static func connectUnixSocket(_ path: String) throws(EventLoopError) -> Int32 {
        let descriptor = try makeUnixSocket()
        do throws(EventLoopError) {
            try withAddress(of: path, "connecting to \(path)") { connect(descriptor, $0, $1) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Only a socket refuses a connection; another kind of file does so too, but is not ours to remove.
    private static func isLeftSocket(_ path: String) -> Bool {
        guard FileIdentity.isSocket(path) else { return false }
        do throws(EventLoopError) {
            close(try connectUnixSocket(path))
            return false
        } catch {
            return error.cause == .connectionRefused
        }
    }

    @discardableResult
    private static func withAddress(
        of path: String, _ operation: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(EventLoopError) -> Int32 {
        try checkSocketPath(path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return try withUnsafePointer(to: &address) { pointer throws(EventLoopError) in
            let generic = UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            return try call(operation) { body(generic, size) }
        }
    }

    /// As many bytes as the socket's buffer takes without waiting; none when it is full.
    static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, _ name: String) throws(EventLoopError) -> Int {
        do throws(EventLoopError) {
            return try call("writing to \(name)") {
                bytes.withUnsafeBytes { platformSend(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
            }
        } catch where error.cause == .wouldBlock {
            return 0
        }
    }

    /// Waits until a descriptor can be read or written.
    /// - Returns: false when the time, in milliseconds, is over first; -1 waits for ever.
    static func wait(_ descriptor: Int32, toWrite: Bool, milliseconds: Int32) throws(EventLoopError) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(toWrite ? POLLOUT : POLLIN), revents: 0)
        return try call("waiting for a descriptor") { poll(&entry, 1, milliseconds) } > 0
    }
}

extension stat {
    fileprivate var state: (identity: FileIdentity, kind: System.FileKind) {
        let modified = Int64(modificationTime.tv_sec) * 1_000_000_000 + Int64(modificationTime.tv_nsec)
        let kind: System.FileKind =
            switch st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            default: .other
            }
        let identity = FileIdentity(
            device: UInt64(truncatingIfNeeded: st_dev), inode: UInt64(st_ino), size: Int(st_size), modified: modified)
        return (identity, kind)
    }
}

private let platformKill: @Sendable (pid_t, Int32) -> Int32 = kill
private let platformClose: @Sendable (Int32) -> Int32 = close
private let platformOpen: @Sendable (UnsafePointer<CChar>, Int32, mode_t) -> Int32 = open
private let platformRead: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = read
private let platformWrite: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = write
private let platformRename: @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32 = rename
private let platformSend: @Sendable (Int32, UnsafeRawPointer?, Int, Int32) -> Int = send
