import Testing

@testable import Transcripts

/// What happened in each recording, written down by hand from what was done to make it.
private let turns: [(name: String, turns: [String])] = [
    ("plain", [#"typed "SAY hello there" -> completed: hello there"#]),
    ("tool", [#"typed "TEXTTOOL echo hi; sleep 1" -> completed: about to run | tool done: hi"#]),
    ("multi", [#"typed "MULTI" -> completed: tool done: one | two"#]),
    ("empty", [#"typed "EMPTY" -> completed"#]),
    ("maxtokens", [#"typed "MAXTOK" -> completed: cut sho | ok: Output token limit hit. Resume direc…"#]),
    (
        "subagent",
        [
            #"typed "AGENT TOOL echo from-sub" -> completed (1 in background): tool done: Async agent launched successf…"#,
            #"taskNotification "<task-notification>⏎<task-id>a73be6fcf8f…" -> completed: ok: "#,
        ]
    ),
    ("subagent-sidechain", []),
    (
        "ask-answered",
        [#"typed "ASK" -> completed: tool done: Your questions have been answ…"#]
    ),
    ("ask-escaped", [#"typed "ASK" -> interrupted question"#]),
    (
        "ask-answered-by-PreToolUse-hook",
        [#"typed "ASK" -> completed: tool done: Your questions have been answ…"#]
    ),
    (
        "ask-answered-by-PermissionRequest-hook",
        [#"typed "ASK" -> completed: tool done: Your questions have been answ…"#]
    ),
    ("message-into-ask-dialog", [#"typed "ASK" -> completed: tool done: The user answered: "Which col…"#]),
    ("message-into-ask-dialog-sendkeys", [#"typed "ASK" -> completed: tool done: Your questions have been answ…"#]),
    (
        "interrupt-streaming",
        [#"typed "SLOW 8 some long text that is streamed s…" -> interrupted streaming: some long text that "#]
    ),
    ("interrupt-tool", [#"typed "TOOL python3 -c 'import time; time.sleep…" -> interrupted tool"#]),
    ("interrupt-before-response", [#"typed "HANG 6" -> open"#]),
    ("error-401", [#"typed "ERROR 401" -> open"#]),
    ("error-500", [#"typed "ERROR 500" -> failed 500 api_error"#]),
    ("error-529", [#"typed "ERROR 529" -> failed 529 overloaded_error"#]),
    ("error-529-recovered", [#"typed "ERROR 529 2" -> completed: recovered"#]),
    (
        "compact",
        [
            #"typed "SAY one" -> completed: one"#, #"typed "SAY two" -> completed: two"#,
            #"typed "SAY three" -> completed: three"#,
            #"command /compact "/compact" -> completed printed "␛[2mCompacted (ctrl+o to see full summar…""#,
            #"typed "SAY after compact" -> completed: after compact"#,
        ]
    ),
    ("clear", [#"typed "SAY before clear" -> completed: before clear"#]),
    ("slash-local", []),
    (
        "bang-paste",
        [#"bash " echo from-bang" -> completed printed "from-bang": ok: <bash-stdout>from-bang</bash-stdout>…"#]
    ),
    (
        "queued-during-stream",
        [
            #"typed "SLOW 3 streaming some text slowly" -> completed: streaming some text slowly"#,
            #"queued "SAY queued one" + merged "SAY queued two" -> completed: queued two"#,
        ]
    ),
    (
        "queued-during-tool",
        [
            #"typed "TOOL python3 -c 'import time; time.sleep…" + absorbed "SAY queued during tool" -> completed: queued during tool"#
        ]
    ),
    (
        "queued-slash",
        [
            #"typed "SLOW 3 streaming some text slowly ok" -> completed: streaming some text slowly ok"#,
            #"command /compact "/compact" -> completed printed "␛[2mCompacted (ctrl+o to see full summar…""#,
        ]
    ),
    (
        "hooks-queued",
        [
            #"typed "TOOL python3 -c 'import time; time.sleep…" + absorbed "SAY queued chunked⏎line 0⏎line 1⏎line 2⏎…" -> completed: queued chunked"#
        ]
    ),
    (
        "killed-tool",
        [
            #"typed "SAY first turn" -> completed: first turn"#,
            #"typed "TOOL python3 -c 'import time; time.sleep…" -> open in Bash"#,
        ]
    ),
    (
        "killed-stream",
        [
            #"typed "SAY first turn" -> completed: first turn"#,
            #"typed "SLOW 10 streaming slowly some words here…" -> open"#,
        ]
    ),
    (
        "killed-tool-resumed",
        [
            #"typed "SAY first turn" -> completed: first turn"#,
            #"typed "TOOL python3 -c 'import time; time.sleep…" -> cutOff"#,
            #"typed "SAY after resume" -> completed: after resume"#,
        ]
    ),
    (
        "killed-stream-resumed",
        [
            #"typed "SAY first turn" -> completed: first turn"#,
            #"typed "SLOW 10 streaming slowly some words here…" -> cutOff"#,
            #"typed "SAY after resume" -> completed: after resume"#,
        ]
    ),
    ("notif-ask", [#"typed "ASK" -> open in AskUserQuestion asking"#]),
    ("notif-perm", [#"typed "TOOL touch x1" -> open in Bash"#]),
    (
        "notif-idle",
        [
            #"typed "TOOL touch x1" -> interrupted permission"#,
            #"typed "SAY then idle" -> completed: then idle"#,
        ]
    ),
    (
        "perm-allowed-by-hook",
        [#"typed "TOOL touch made-by-tool" -> completed: tool done: (Bash completed with no outpu…"#]
    ),
    (
        "perm-approved-by-key",
        [#"typed "TOOL touch made-by-tool" -> completed: tool done: (Bash completed with no outpu…"#]
    ),
    ("perm-denied-by-hook", [#"typed "TOOL touch made-by-tool" -> completed: tool done: supervisor says no"#]),
    (
        "perm-denied-by-key-3",
        [
            #"typed "TOOL touch made-by-tool" -> completed: tool done: (Bash completed with no outpu…"#,
            #"typed "TOOL touch made-by-tool2" -> interrupted permission"#,
            #"typed "TOOL touch made-by-tool3" -> completed: tool done: (Bash completed with no outpu…"#,
        ]
    ),
    (
        "perm-idle-notification",
        [
            #"typed "TOOL touch made-by-tool" -> completed: tool done: (Bash completed with no outpu…"#,
            #"typed "TOOL touch made-by-tool2" -> interrupted permission"#,
            #"typed "TOOL touch made-by-tool3" -> completed: tool done: (Bash completed with no outpu…"#,
            #"typed "TOOL touch made-by-tool4" -> completed: tool done: (Bash completed with no outpu…"#,
        ]
    ),
    (
        "perm-pretool-allow",
        [#"typed "TOOL touch made-by-tool" -> completed: tool done: (Bash completed with no outpu…"#]
    ),
    (
        "perm-pretool-deny",
        [#"typed "TOOL touch made-by-tool" -> completed: tool done: PreToolUse:Bash hook error: s…"#]
    ),
    ("hooks-plain", Array(hooks[..<1])), ("hooks-tool", Array(hooks[..<2])), ("hooks-subagent", Array(hooks[..<4])),
    ("hooks-error", Array(hooks[..<5])), ("hooks-interrupt", Array(hooks[..<6])), ("hooks-ask", Array(hooks[..<8])),
    ("hooks-refuse", hooks), ("hooks-clear", hooks),
]

/// One session with all hooks on; its recordings are snapshots that grow.
private let hooks = [
    #"typed "SAY hi with hooks" -> completed: hi with hooks"#,
    #"typed "TOOL echo hooked" -> completed: tool done: hooked"#,
    #"typed "AGENT TOOL echo sub" -> completed (1 in background): tool done: Async agent launched successf…"#,
    #"taskNotification "<task-notification>⏎<task-id>ab4940add39…" -> completed: ok: "#,
    #"typed "ERROR 400" -> failed 400 invalid_request_error"#,
    #"typed "SLOW 5 streaming some slow text here" -> interrupted streaming: streaming "#,
    #"command /compact "/compact" -> completed printed "␛[2mCompacted (ctrl+o to see full summar…""#,
    #"typed "ASK" -> completed: tool done: Your questions have been answ…"#,
    #"typed "REFUSE" -> refused"#,
]

@Suite("Recordings of Claude Code 2.1.329")
struct RecordingTests {
    @Test("every recording has its line in the table")
    func complete() throws {
        #expect(try Set(turns.map(\.name)) == Set(Recording.names))
    }

    @Test("the turns are those that happened", arguments: turns)
    func whole(name: String, turns: [String]) throws {
        #expect(Reduction(try Recording(name).entries()).turns.map(\.summary) == turns)
    }

    /// Every byte of lines up to 300 bytes; of longer ones the first and last 60, and every 101st between.
    @Test("a line cut in two at any byte comes out whole", arguments: turns.map(\.name))
    func everySplit(name: String) throws {
        let bytes = try Recording(name).bytes
        var whole = LineSplitter()
        for line in whole.split(bytes) {
            let piece = Array(bytes[line.offset..<line.end])
            for cut in piece.indices
            where piece.count <= 300 || cut < 60 || cut > piece.count - 60 || cut.isMultiple(of: 101) {
                var splitter = LineSplitter(offset: line.offset)
                guard splitter.split(Array(piece[..<cut])).isEmpty, splitter.offset == line.offset,
                    splitter.split(Array(piece[cut...])) == [line], splitter.offset == line.end
                else {
                    Issue.record("\(name) cut at byte \(line.offset + cut) gives another line")
                    return
                }
            }
        }
    }

    @Test("in pieces of any size, the turns stay the same", arguments: turns, [1, 7, 1000])
    func pieces(recording: (name: String, turns: [String]), size: Int) throws {
        let file = try Recording(recording.name)
        let entries = try file.entries(splitAt: Array(stride(from: size, to: file.bytes.count, by: size)))
        #expect(Reduction(entries).turns.map(\.summary) == recording.turns)
    }

    @Test("an entry is nothing but its line", arguments: turns.map(\.name))
    func lossless(name: String) throws {
        var splitter = LineSplitter()
        for line in splitter.split(try Recording(name).bytes) {
            #expect(try ClaudeEntry(line: line.bytes).json.bytes == Array(line.bytes))
        }
    }

    @Test("at every point, what has ended has ended for good", arguments: turns)
    func prefixes(name: String, expected: [String]) throws {
        var reduction = Reduction()
        for entry in try Recording(name).entries() {
            reduction.add([entry])
            let ended = reduction.turns.filter { !$0.isOpen }.map(\.summary)
            #expect(ended == Array(expected.prefix(ended.count)))
        }
    }
}
