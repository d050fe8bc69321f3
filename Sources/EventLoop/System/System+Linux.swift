#if os(Linux)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CLibuv
import Synchronization

extension System {
    // MARK: Limit of open files

    private static let originalOpenFileLimit = Mutex<rlimit?>(nil)

    /// Allows this process as many open files as the system does at most. Children of `ChildProcess` and
    /// `execute` get the limit that there was before.
    public static func raiseOpenFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        originalOpenFileLimit.withLock { if $0 == nil { $0 = limit } }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static func restoreOpenFileLimit() {
        guard var limit = originalOpenFileLimit.withLock({ $0 }) else { return }
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The soft limit that children are to have, when this process's own was raised.
    static var openFileLimitForChildren: UInt64? {
        originalOpenFileLimit.withLock { $0.map { UInt64($0.rlim_cur) } }
    }

    // MARK: Processes

    /// When a process started, in clock ticks since the machine did (`/proc/<pid>/stat`, field 22), or nil
    /// when there is none or it has ended and waits to be reaped.
    static func startTime(of processID: Int32) -> UInt64? {
        guard let descriptor = try? open("/proc/\(processID)/stat", O_RDONLY) else { return nil }
        defer { close(descriptor) }
        guard let bytes = try? read(descriptor, count: 1024, "a process's state"),
            // The program's name, in parentheses, may hold anything.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    // MARK: Files and sockets

    /// Without waiting, and without a deadly signal when nobody reads.
    static var sendFlags: Int32 { Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL) }

    static func makeUnixSocket() throws(EventLoopError) -> Int32 {
        try call("making a socket") { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) }
    }

    /// How many connections a Unix socket's listener has accepted that have not ended (`/proc/net/unix`).
    /// - Parameter path: as it was bound, symbolic links resolved.
    /// - Returns: nil when the system does not tell.
    public static func connectionCount(unixSocket path: String) -> Int? {
        guard let bytes = try? readFile("/proc/net/unix") else { return nil }
        let connected = "03"
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { line in
            let fields = line.split(separator: " ", maxSplits: 7)
            return fields.count == 8 && fields[5] == connected && fields[7] == path
        }
    }

    /// Whether the file system of a path is of a kind whose changes by others are not reported: shared by a
    /// network or with a virtual machine's host. Numbers from linux/magic.h and statfs(2).
    static func hidesChanges(_ path: String) -> Bool {
        let silent: Set<UInt32> = [
            0x6969,  // NFS
            0x517B,  // SMB
            0xFF53_4D42,  // CIFS
            0xFE53_4D42,  // SMB2
            0x6573_5546,  // FUSE, virtiofs
            0x0102_1997,  // 9P
            0x5346_414F,  // AFS
            0x00C3_6400,  // Ceph
            0x786F_4256,  // VirtualBox shared folders
        ]
        var request = uv_fs_t()
        defer { uv_fs_req_cleanup(&request) }
        guard uv_fs_statfs(nil, &request, path, nil) == 0 else { return false }
        let answer = request.ptr.assumingMemoryBound(to: uv_statfs_t.self)
        return silent.contains(UInt32(truncatingIfNeeded: answer.pointee.f_type))
    }
}

extension stat {
    var modificationTime: timespec { st_mtim }
}
#endif
