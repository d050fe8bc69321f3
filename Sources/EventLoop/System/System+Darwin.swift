#if canImport(Darwin)
import Darwin
import Synchronization

extension System {
    // MARK: Limit of open files

    private static let originalOpenFileLimit = Mutex<rlimit?>(nil)

    /// Allows this process as many open files as the system does at most. Programs started by `execute` get
    /// the limit that there was before; for another process the system has no way to set it.
    public static func raiseOpenFileLimit() {
        var limit = rlimit()
        guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return }
        originalOpenFileLimit.withLock { if $0 == nil { $0 = limit } }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
        setrlimit(RLIMIT_NOFILE, &limit)
    }

    static func restoreOpenFileLimit() {
        guard var limit = originalOpenFileLimit.withLock({ $0 }) else { return }
        setrlimit(RLIMIT_NOFILE, &limit)
    }

    static var openFileLimitForChildren: UInt64? { nil }

    // MARK: Processes

    /// When a process started, in microseconds since 1970, or nil when there is none or it has ended and
    /// waits to be reaped.
    static func startTime(of processID: Int32) -> UInt64? {
        var name: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, processID]
        var process = kinfo_proc()
        var size = MemoryLayout<kinfo_proc>.size
        guard sysctl(&name, 4, &process, &size, nil, 0) == 0, size > 0,
            Int32(process.kp_proc.p_stat) != SZOMB
        else { return nil }
        let start = process.kp_proc.p_starttime
        return UInt64(start.tv_sec) * 1_000_000 + UInt64(start.tv_usec)
    }

    // MARK: Files and sockets

    /// The system does not tell.
    public static func connectionCount(unixSocket path: String) -> Int? { nil }

    /// Without waiting.
    static var sendFlags: Int32 { MSG_DONTWAIT }

    static func makeUnixSocket() throws(EventLoopError) -> Int32 {
        let descriptor = try call("making a socket") { socket(AF_UNIX, SOCK_STREAM, 0) }
        try call("making a socket") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        try call("making a socket") { setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, size) }
        return descriptor
    }

    /// Whether the file system of a path is of a kind whose changes by others are not reported.
    static func hidesChanges(_ path: String) -> Bool {
        var answer = statfs()
        guard statfs(path, &answer) == 0 else { return false }
        return answer.f_flags & UInt32(MNT_LOCAL) == 0
    }
}

extension stat {
    var modificationTime: timespec { st_mtimespec }
}
#endif
