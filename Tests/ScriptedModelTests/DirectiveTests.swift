import Testing

@testable import Directives

@Suite("Directives")
struct DirectiveTests {
    @Test("are read from the start of a message", arguments: [
        ("SAY hello there", .say("hello there")),
        ("SAY two\nlines", .say("two\nlines")),
        ("\n\n SAY indented", .say("indented")),
        ("SLOW 8 some words", .slow("some words", over: .seconds(8))),
        ("SLOW 250ms some words", .slow("some words", over: .milliseconds(250))),
        ("SLOW some words", .slow("some words", over: .seconds(3))),
        ("TOOL echo hi", .tool("echo hi")),
        ("MULTI", .multi(["echo one", "echo two"])),
        ("MULTI\nls\npwd", .multi(["ls", "pwd"])),
        ("ASK", .ask(questions: 1)),
        ("ASK2", .ask(questions: 2)),
        ("WRITE a.txt some text", .write(path: "a.txt", text: "some text")),
        ("HANG", .hang(nil)),
        ("HANG 0.5", .hang(.milliseconds(500))),
        ("ERROR 500", .error(status: 500, times: nil, then: .say("recovered"))),
        ("ERROR 529 2", .error(status: 529, times: 2, then: .say("recovered"))),
        ("ERROR 529 TIMES 2 THEN TOOL ls", .error(status: 529, times: 2, then: .tool("ls"))),
        ("ESC touch x", .escalated("touch x")),
        ("FAIL context_length_exceeded too long", .fail(code: "context_length_exceeded", message: "too long")),
        ("GOALSTEP 3 TOOL ls", .goal(turns: 3, each: .tool("ls"))),
        ("GOALSTEP 2", .goal(turns: 2, each: .echo(""))),
        ("GOALSTEP many", .echo("GOALSTEP many")),
        ("DIE -9", .die(status: -9)),
        ("whatever else", .echo("whatever else")),
        ("SAYING is no directive", .echo("SAYING is no directive")),
        ("ERROR nonsense", .echo("ERROR nonsense")),
        ("", .echo("")),
    ] as [(String, Directive)])
    func parsing(_ text: String, _ directive: Directive) {
        #expect(Directive(text) == directive)
    }

    @Test("are found inside the frame of a long paste")
    func pasteFrame() {
        let text = "\n\n<pasted_content id=\"ad55\">\nSAY one\ntwo\n\nthree\n</pasted_content id=\"ad55\">\n"
        #expect(Directive(text) == .say("one\ntwo\n\nthree"))
    }

    @Test("go on after their tools")
    func toolResults() throws {
        #expect(Directive.tool("ls").reply(toolResults: [["a"]]) == .text("tool done: a"))
        #expect(Directive("MULTI").reply(toolResults: [["one", "two"]]) == .text("tool done: one | two"))
        guard case .message(let second) = Directive.sequence.reply(toolResults: [["one"]]) else {
            Issue.record("no second call")
            return
        }
        #expect(second.stop == .toolUse)
        #expect(Directive.sequence.reply(toolResults: [["one"], ["two"]]) == .text("tool done: two"))
    }

    @Test("fail as often as they say")
    func failures() {
        let directive = Directive("ERROR 529 TIMES 2 THEN SAY done")
        #expect(directive.reply(failures: 1) == .failure(status: 529))
        #expect(directive.reply(failures: 2) == .text("done"))
        #expect(Directive("ERROR 500").reply(failures: 100) == .failure(status: 500))
    }

    @Test("divide a goal into turns")
    func goal() {
        #expect(Directive("GOALSTEP 2 finish it").reply(goalTurn: 1) == .text("goal step 1"))
        #expect(Directive("GOALSTEP 2 SAY one").reply(goalTurn: 1) == .text("one"))
        #expect(Directive("GOALSTEP 2 TOOL ls").reply(toolResults: [["a"]], goalTurn: 1) == .text("tool done: a"))
        guard case .message(let last) = Directive("GOALSTEP 2 TOOL ls").reply(goalTurn: 2) else {
            Issue.record("no message")
            return
        }
        #expect(last.content == [.toolUse(name: "update_goal", input: ["status": "complete"])])
        #expect(Directive("GOALSTEP 2").reply(toolResults: [["done"]], goalTurn: 2) == .text("goal finished"))
    }

    @Test("LEN answers exactly so many characters", arguments: [0, 1, 27, 1000])
    func length(_ count: Int) {
        guard case .message(let message) = Directive("LEN \(count)").reply(), case .text(let text)? = message.content.first
        else {
            Issue.record("no text")
            return
        }
        #expect(text.count == count)
    }
}
