/// Turns the bytes of a `tmux -C` (or `-CC`) client into replies and notifications.
///
/// Pure: it may be fed the bytes in pieces of any size. Only a line that repeats the time, number and
/// flags of the open `%begin` ends a reply, so that output which looks like protocol is output.
public struct ControlModeParser: Sendable {
    public enum Message: Sendable, Hashable {
        case reply(ControlModeReply)
        case notification(ControlModeNotification)
    }

    private struct OpenReply {
        /// What stands after `%begin`, and must stand after `%end` or `%error`.
        let identity: [UInt8]
        let number: Int
        let isFromControlClient: Bool
        var lines: [String] = []
    }

    /// Written by `-CC` before its first line.
    private static let deviceControlPrefix = Array("\u{1B}P1000p".utf8)
    /// Written by `-CC` after its last line.
    private static let stringTerminator = Array("\u{1B}\\".utf8)

    private var pending: [UInt8] = []
    private var open: OpenReply?

    public init() {}

    /// Takes the next bytes and returns the messages they complete, in order.
    public mutating func consume(_ bytes: some Sequence<UInt8>) -> [Message] {
        let searchFrom = pending.count
        pending.append(contentsOf: bytes)
        var messages: [Message] = []
        var lineStart = 0
        while let lineEnd = pending[max(lineStart, searchFrom)...].firstIndex(of: UInt8(ascii: "\n")) {
            if let message = consume(line: pending[lineStart..<lineEnd]) { messages.append(message) }
            lineStart = lineEnd + 1
        }
        pending.removeFirst(lineStart)
        return messages
    }

    private mutating func consume(line: ArraySlice<UInt8>) -> Message? {
        guard let identity = open?.identity else { return consume(lineOutsideReply: line) }
        let isEnd = Self.arguments(of: "%end", in: line)?.elementsEqual(identity) ?? false
        let isError = Self.arguments(of: "%error", in: line)?.elementsEqual(identity) ?? false
        guard isEnd || isError else {
            open?.lines.append(String(decoding: line, as: UTF8.self))
            return nil
        }
        defer { open = nil }
        return open.map { reply in
            .reply(
                ControlModeReply(
                    number: reply.number, isFromControlClient: reply.isFromControlClient, isError: isError,
                    lines: reply.lines))
        }
    }

    private mutating func consume(lineOutsideReply rawLine: ArraySlice<UInt8>) -> Message? {
        var line = rawLine
        if line.starts(with: Self.deviceControlPrefix) { line = line.dropFirst(Self.deviceControlPrefix.count) }
        if line.starts(with: Self.stringTerminator) { line = line.dropFirst(Self.stringTerminator.count) }
        if line.isEmpty { return nil }
        if let identity = Self.arguments(of: "%begin", in: line), let reply = Self.openReply(identity) {
            open = reply
            return nil
        }
        return .notification(ControlModeNotification(line: line))
    }

    private static func openReply(_ identity: ArraySlice<UInt8>) -> OpenReply? {
        let fields = identity.split(separator: UInt8(ascii: " "))
        guard fields.count == 3, let number = Int(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        return OpenReply(
            identity: Array(identity), number: number,
            isFromControlClient: !fields[2].elementsEqual([UInt8(ascii: "0")]))
    }

    private static func arguments(of word: String, in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.starts(with: word.utf8) else { return nil }
        let rest = line.dropFirst(word.utf8.count)
        return rest.first == UInt8(ascii: " ") ? rest.dropFirst() : nil
    }
}
