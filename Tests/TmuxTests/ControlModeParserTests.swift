import Testing

@testable import Tmux

@Suite("Control-mode parser")
struct ControlModeParserTests {
    typealias Message = ControlModeParser.Message

    /// Real output of tmux 3.3a, with lines added that look like protocol and are not.
    static let recording: [UInt8] = Array(
        """
        %begin 1795547978 259 0
        %end 1795547978 259 0
        %window-add @0
        %sessions-changed
        %session-changed $0 _dev-sessions
        %begin 1795547979 268 1
        %end 1795547979 267 1
        %end 1795547979 268 10
        %error 1795547978 268 1
        %output %1 not a notification
        %begin 1795547979 268 1

        é 😀 %
         %end 1795547979 268 1
        %end
        %end 1795547979 268 1
        %output %1 a\\033[1m\\134 \\303\\251 é\\303
        %pane-mode-changed %1
        %begin 1795547979 270 1
        parse error: unknown command: nosuch
        %error 1795547979 270 1
        %unlinked-window-add @1
        %unlinked-window-close @1
        %window-close @0
        %client-detached /dev/pts/4
        %client-session-changed /dev/pts/4 $2 dev-foo bar
        %session-renamed $2 dev-foo
        %config-error tmux.conf:3: unknown command: bogus
        %layout-change @1 b25f,80x24,0,0,2 b25f,80x24,0,0,2 *
        %some-day-new
        %output
        stray
        %exit server exited

        """.utf8)

    static let messages: [Message] = [
        .reply(ControlModeReply(number: 259, isFromControlClient: false, lines: [])),
        .notification(.windowAdded(window: "@0", isLinked: true)),
        .notification(.sessionsChanged),
        .notification(.sessionChanged(session: "$0", name: "_dev-sessions")),
        .reply(
            ControlModeReply(
                number: 268,
                lines: [
                    "%end 1795547979 267 1", "%end 1795547979 268 10", "%error 1795547978 268 1",
                    "%output %1 not a notification", "%begin 1795547979 268 1", "", "é 😀 %",
                    " %end 1795547979 268 1", "%end",
                ])),
        .notification(.output(pane: "%1", bytes: Array("a\u{1B}[1m\\ é é".utf8) + [0xC3])),
        .notification(.paneModeChanged(pane: "%1")),
        .reply(ControlModeReply(number: 270, isError: true, lines: ["parse error: unknown command: nosuch"])),
        .notification(.windowAdded(window: "@1", isLinked: false)),
        .notification(.windowClosed(window: "@1", isLinked: false)),
        .notification(.windowClosed(window: "@0", isLinked: true)),
        .notification(.clientDetached(client: "/dev/pts/4")),
        .notification(.clientSessionChanged(client: "/dev/pts/4", session: "$2", name: "dev-foo bar")),
        .notification(.sessionRenamed(session: "$2", name: "dev-foo")),
        .notification(.configurationError("tmux.conf:3: unknown command: bogus")),
        .notification(.other(name: "layout-change", arguments: "@1 b25f,80x24,0,0,2 b25f,80x24,0,0,2 *")),
        .notification(.other(name: "some-day-new", arguments: "")),
        .notification(.other(name: "output", arguments: "")),
        .notification(.text("stray")),
        .notification(.exit(reason: "server exited")),
    ]

    @Test("a whole recording gives its messages in order")
    func wholeRecording() {
        var parser = ControlModeParser()
        #expect(parser.consume(Self.recording) == Self.messages)
    }

    @Test("where the bytes are split does not matter")
    func everySplit() {
        for split in 0...Self.recording.count {
            var parser = ControlModeParser()
            let messages = parser.consume(Self.recording[..<split]) + parser.consume(Self.recording[split...])
            #expect(messages == Self.messages, "split at byte \(split)")
        }
    }

    @Test("bytes may come one at a time", arguments: [1, 2, 3, 5, 7])
    func smallPieces(size: Int) {
        var parser = ControlModeParser()
        var messages: [Message] = []
        for start in stride(from: 0, to: Self.recording.count, by: size) {
            messages += parser.consume(Self.recording[start..<min(start + size, Self.recording.count)])
        }
        #expect(messages == Self.messages)
    }

    @Test("a message comes with its line end, not before")
    func incompleteLine() {
        var parser = ControlModeParser()
        #expect(parser.consume("%begin 1 2 1\nhalf\n%end 1 2 1".utf8).isEmpty)
        #expect(parser.consume("\n".utf8) == [.reply(ControlModeReply(number: 2, lines: ["half"]))])
    }

    @Test("the device control string of -CC is not part of a message")
    func deviceControlString() {
        var parser = ControlModeParser()
        let messages = parser.consume("\u{1B}P1000p%begin 1 2 0\n%end 1 2 0\n%exit\n\u{1B}\\\n".utf8)
        #expect(
            messages == [
                .reply(ControlModeReply(number: 2, isFromControlClient: false, lines: [])),
                .notification(.exit(reason: nil)),
            ])
    }

    @Test("bytes that are no UTF-8 are repaired, not dropped")
    func invalidUTF8() {
        var parser = ControlModeParser()
        let bytes = Array("%begin 1 2 1\n".utf8) + [0x61, 0xFF, 0x62, 0x0A] + Array("%end 1 2 1\n".utf8)
        #expect(parser.consume(bytes) == [.reply(ControlModeReply(number: 2, lines: ["a\u{FFFD}b"]))])
    }

    @Test("an octal escape that is none stays as it is")
    func brokenOctalEscape() {
        var parser = ControlModeParser()
        #expect(
            parser.consume("%output %2 \\9\\01\\777\\\n".utf8)
                == [.notification(.output(pane: "%2", bytes: Array("\\9\\01\\777\\".utf8)))])
    }
}
