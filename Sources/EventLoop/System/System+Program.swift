#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import CLibuv

/// What a command-line program knows of itself, and how it reads and writes without a loop.
extension System {
    /// All variables of this process's environment.
    public static var environment: [String: String] {
        var items: UnsafeMutablePointer<uv_env_item_t>?
        var count: Int32 = 0
        guard uv_os_environ(&items, &count) == 0, let items else { return [:] }
        defer { uv_os_free_environ(items, count) }
        var variables: [String: String] = [:]
        for index in 0..<Int(count) {
            variables[String(cString: items[index].name)] = String(cString: items[index].value)
        }
        return variables
    }

    /// Whether all of this process's arguments are UTF-8 text; in `CommandLine.arguments` those that are not have been changed.
    public static var argumentsAreText: Bool {
        (0..<Int(CommandLine.argc)).allSatisfy { index in
            CommandLine.unsafeArgv[index].map { String(validatingCString: $0) != nil } ?? true
        }
    }

    /// The path of this program's own file, without symbolic links.
    public static func executablePath() throws(EventLoopError) -> String {
        try text("finding this program's file") { uv_exepath($0, $1) }
    }

    public static func workingDirectory() throws(EventLoopError) -> String {
        try text("finding the working directory") { uv_cwd($0, $1) }
    }

    public static func changeDirectory(_ path: String) throws(EventLoopError) {
        let status = uv_chdir(path)
        guard status == 0 else { throw EventLoopError("changing to the directory \(path)", status: status) }
    }

    /// Whether a path is a directory (not a link to one) that belongs to this user and that nobody else can enter.
    public static func isPrivateDirectory(_ path: String) -> Bool {
        var answer = stat()
        return lstat(path, &answer) == 0 && answer.st_mode & S_IFMT == S_IFDIR && answer.st_uid == getuid()
            && answer.st_mode & 0o077 == 0
    }

    /// Whether there is a directory at a path, symbolic links followed.
    public static func isDirectory(_ path: String) -> Bool { FileIdentity.isDirectory(path) }

    /// Whether there is anything at a path, symbolic links followed.
    public static func exists(_ path: String) -> Bool { state(of: path) != nil }

    /// Everything up to the end of standard input.
    public static func readStandardInput() throws(EventLoopError) -> [UInt8] {
        try readToEnd(0, "standard input")
    }

    /// Everything that a file, or something that cannot be read from any place such as a pipe, holds.
    public static func readFile(_ path: String) throws(EventLoopError) -> [UInt8] {
        let descriptor = try openForReading(path)
        defer { close(descriptor) }
        return try readToEnd(descriptor, path)
    }

    static func readToEnd(_ descriptor: Int32, _ name: String) throws(EventLoopError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try read(descriptor, count: 64 * 1024, name)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    /// Writes all bytes before it returns.
    public static func writeStandardOutput(_ bytes: [UInt8]) throws(EventLoopError) {
        try write(1, bytes, "standard output")
    }

    /// Writes all bytes before it returns.
    public static func writeStandardError(_ bytes: [UInt8]) throws(EventLoopError) {
        try write(2, bytes, "standard error")
    }

    /// Lets go of whoever reads this process's output; what is written afterwards is lost.
    public static func detachStandardOutput() throws(EventLoopError) {
        let descriptor = try open("/dev/null", O_WRONLY)
        defer { close(descriptor) }
        try call("detaching standard output") { dup2(descriptor, 1) }
    }

    /// Ends this process.
    public static func exit(_ status: Int32) -> Never { platformExit(status) }

    /// Lets the calling thread wait.
    public static func sleep(for duration: Duration) {
        uv_sleep(UInt32(clamping: duration.wholeMilliseconds))
    }

    /// Waits until a signal ends the process.
    public static func sleepForEver() -> Never {
        while true { pause() }
    }

    private static func text(
        _ operation: String, _ fill: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int>) -> Int32
    ) throws(EventLoopError) -> String {
        var size = 16 * 1024
        var status: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            buffer.withMemoryRebound(to: CChar.self) { status = fill($0.baseAddress!, &size) }
            initialized = status == 0 ? size : 0
        }
        guard status == 0 else { throw EventLoopError(operation, status: status) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private let platformExit: @Sendable (Int32) -> Never = exit
