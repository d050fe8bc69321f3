#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Unix sockets.
extension System {
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
                bytes.withUnsafeBytes { platformSend(descriptor, $0.baseAddress, $0.count, sendFlags) }
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

private let platformSend: @Sendable (Int32, UnsafeRawPointer?, Int, Int32) -> Int = send
