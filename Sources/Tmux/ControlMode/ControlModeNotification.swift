/// What a tmux server says to a control-mode client unasked (tmux 3.3a, `tmux(1)`, "CONTROL MODE").
///
/// Ids are as tmux writes them: `$1` a session, `@2` a window, `%3` a pane.
public enum ControlModeNotification: Sendable, Hashable {
    /// A pane wrote something. The bytes may end within a character.
    case output(pane: String, bytes: [UInt8])
    /// This client ends: detached, its session destroyed, or the server ended.
    case exit(reason: String?)
    /// This client is attached to another session.
    case sessionChanged(session: String, name: String)
    /// A session was made or destroyed.
    case sessionsChanged
    case sessionRenamed(session: String, name: String)
    /// A window of this client's session (`isLinked`) or of another one appeared.
    case windowAdded(window: String, isLinked: Bool)
    /// A window of this client's session (`isLinked`) or of another one was closed.
    case windowClosed(window: String, isLinked: Bool)
    /// A pane entered or left a mode, such as copy mode.
    case paneModeChanged(pane: String)
    case clientDetached(client: String)
    case clientSessionChanged(client: String, session: String, name: String)
    /// An error in the user's tmux.conf.
    case configurationError(String)
    /// Any other notification, as it stands after its `%`.
    case other(name: String, arguments: String)
    /// A line outside a reply that is no notification.
    case text(String)
}

extension ControlModeNotification {
    /// Reads one line that stands outside a reply.
    init(line: ArraySlice<UInt8>) {
        guard line.first == UInt8(ascii: "%") else {
            self = .text(String(decoding: line, as: UTF8.self))
            return
        }
        let (name, arguments) = Self.splitAtSpace(line.dropFirst())
        let nameText = String(decoding: name, as: UTF8.self)
        self = Self.known(nameText, arguments)
            ?? .other(name: nameText, arguments: String(decoding: arguments, as: UTF8.self))
    }

    private static func known(_ name: String, _ arguments: ArraySlice<UInt8>) -> ControlModeNotification? {
        let (first, rest) = splitAtSpace(arguments)
        let id = String(decoding: first, as: UTF8.self)
        let text = String(decoding: rest, as: UTF8.self)
        switch name {
        case "exit":
            return .exit(reason: arguments.isEmpty ? nil : String(decoding: arguments, as: UTF8.self))
        case "sessions-changed": return .sessionsChanged
        case "config-error": return .configurationError(String(decoding: arguments, as: UTF8.self))
        default: break
        }
        guard !id.isEmpty else { return nil }
        switch name {
        case "output": return .output(pane: id, bytes: unescapeOctal(rest))
        case "session-changed": return .sessionChanged(session: id, name: text)
        case "session-renamed": return .sessionRenamed(session: id, name: text)
        case "window-add": return .windowAdded(window: id, isLinked: true)
        case "unlinked-window-add": return .windowAdded(window: id, isLinked: false)
        case "window-close": return .windowClosed(window: id, isLinked: true)
        case "unlinked-window-close": return .windowClosed(window: id, isLinked: false)
        case "pane-mode-changed": return .paneModeChanged(pane: id)
        case "client-detached": return .clientDetached(client: String(decoding: arguments, as: UTF8.self))
        case "client-session-changed":
            let (session, sessionName) = splitAtSpace(rest)
            return .clientSessionChanged(
                client: id, session: String(decoding: session, as: UTF8.self),
                name: String(decoding: sessionName, as: UTF8.self))
        default: return nil
        }
    }

    private static func splitAtSpace(_ bytes: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")) else { return (bytes, []) }
        return (bytes[..<space], bytes[(space + 1)...])
    }

    /// tmux writes control characters and the backslash as `\` and three octal digits.
    private static func unescapeOctal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "\\"), let value = octalValue(bytes[(index + 1)...].prefix(3)) {
                result.append(value)
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func octalValue(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3 else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }
}
