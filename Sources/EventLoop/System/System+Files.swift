#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Files and directories.
extension System {
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
        let descriptor = try openForAppending(path)
        defer { close(descriptor) }
        try write(descriptor, bytes, path)
    }

    /// A file as a child's output, made for its user only (0600) when there is none; to be closed by the caller.
    public static func openForAppending(_ path: String) throws(EventLoopError) -> Int32 {
        try open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600)
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

private let platformRename: @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32 = rename
