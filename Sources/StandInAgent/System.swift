#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What this program alone needs of the system; the rest is in EventLoop's `System`.
enum Terminal {
    /// Takes the terminal's line editing, echo and signal keys away, as a full-screen program does.
    static func makeRaw() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// The next bytes that were typed, at most 64 KB; nil when the terminal is gone. Blocks.
    static func read() -> [UInt8]? {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, filled in
            repeat { count = Self.systemRead(STDIN_FILENO, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        return count > 0 ? bytes : nil
    }

    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }

    static func writeError(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Gives the terminal up without ending.
    static func hangUp() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { close(descriptor) }
    }

    #if canImport(Darwin)
    private static let systemRead = Darwin.read
    private static let systemWrite = Darwin.write
    #elseif canImport(Glibc)
    private static let systemRead = Glibc.read
    private static let systemWrite = Glibc.write
    #elseif canImport(Musl)
    private static let systemRead = Musl.read
    private static let systemWrite = Musl.write
    #endif
}

enum Process {
    /// Ends this program now, without any of the usual last words.
    static func exit(_ status: Int32) -> Never { _exit(status) }

    /// Ends this program by a signal, or by a status when `signal` is none that ends it.
    static func die(bySignal signal: Int32) -> Never {
        raise(signal)
        _exit(128 + signal)
    }

    /// Ends a process and everything in its group; does nothing when it is gone.
    static func killGroup(of processID: Int32) { kill(-processID, SIGKILL) }

    static let hangUpSignal = SIGHUP
    static let terminateSignal = SIGTERM

    static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}

enum Files {
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Nil when the file cannot be read.
    static func contents(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, filled in
                filled = fread(buffer.baseAddress, 1, buffer.count, file)
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }
}

enum WallClock {
    /// Milliseconds since 1970.
    static var milliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
    }

    /// The moment as transcripts write it: `2026-11-21T02:27:53.093Z`.
    static var timestamp: String {
        let now = milliseconds
        var seconds = time_t(now / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: some BinaryInteger, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let time = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return "\(date)T\(time).\(padded(now % 1000, 3))Z"
    }
}
