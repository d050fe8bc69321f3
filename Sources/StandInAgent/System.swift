#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What this program alone needs of the system stands in this file; the rest is in EventLoop's `System`.
struct TerminalMode {
    private let settings: termios

    /// Takes the terminal's line editing, echo and signal keys away, as a full-screen program does.
    /// - Returns: how the terminal was; nil when there is none.
    @discardableResult
    static func makeRaw() -> TerminalMode? {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let before = settings
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        return TerminalMode(settings: before)
    }

    func restore() {
        var settings = settings
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// What was typed before the terminal was made raw again; Enter came as a line feed then.
    static func typedAhead() -> [UInt8] {
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) == 1, descriptor.revents & Int16(POLLIN) != 0 else { return [] }
        return (nextBytes() ?? []).map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: "\r") : $0 }
    }

    /// The next bytes that were typed, at most 64 KB; nil when the terminal is gone. Blocks.
    static func nextBytes() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        var count: Int
        repeat { count = read(STDIN_FILENO, &bytes, bytes.count) } while count < 0 && errno == EINTR
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}

enum Program {
    /// Ends this program without the C library's last rites: libuv's would wait for the thread that reads the terminal.
    static func end(_ status: Int32) -> Never { _exit(status) }
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
