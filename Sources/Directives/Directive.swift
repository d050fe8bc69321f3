/// What a message asks a scripted agent to do, read from the message's own text.
///
/// The scripted model (behind a real agent) and the stand-in agent (without any model) obey the same words, so
/// a test reads the same for both. A directive stands at the start of the text; white space before it, and the
/// `<pasted_content>` frame that Claude Code puts around long pastes, are skipped. They mean the same to Claude Code and
/// to Codex, whose tools are called by their own names; the table says where the agents themselves differ.
///
/// | text | what happens |
/// |---|---|
/// | `SAY text` | answers `text`, all of it, line breaks included |
/// | `LEN n …` | answers `n` characters, whatever follows |
/// | `SLOW t text` | streams `text` word by word over `t` (`3`, `3s`, `250ms`; 3 s when left out) |
/// | `THINK text` | thinks first, then answers `text` |
/// | `TOOL command` | runs `command` in a shell (Codex leaves it in the background after 30 s), then answers `tool done: <result>` |
/// | `TEXTTOOL command` | the same, with the text `about to run` before the call |
/// | `MULTI` | two commands in one message (`echo one`, `echo two`; or one for each line that follows), then `tool done: one \| two` |
/// | `SEQ` | two commands, one after the other, then `tool done: two` |
/// | `ESC command` | as `TOOL`, outside of the sandbox, for which Codex asks unless its approval policy is never |
/// | `ASK`, `ASK2` | asks one or two questions (colour: Red, Blue; size: Small, Large), then `tool done: …`; of Codex in plan mode only |
/// | `WRITE path text` | writes a file (Codex: by a patch, and with a line break at its end), then `tool done: …` |
/// | `AGENT text` | starts a background sub-agent with `text` as its prompt |
/// | `USE tool json` | calls any tool of the agent with any input |
/// | `EMPTY` | ends the turn with no content, also when urged to say something |
/// | `MAXTOK` | stops at the token limit, goes on when told to (the turn fails in Codex) |
/// | `REFUSE` | the model refuses (Codex takes it for an empty answer) |
/// | `HANG t` | nothing for `t` (for ever when left out), then `done hanging` |
/// | `DROP` | cuts the connection after the first words, every time (Claude Code then asks without a stream, which works) |
/// | `ERROR status` | fails with the HTTP status, every time |
/// | `ERROR status TIMES n THEN text` | fails `n` times, then obeys `text`; short: `ERROR status n` (then says `recovered`) |
/// | `FAIL code text` | fails by an error event in the stream, such as `FAIL context_length_exceeded too long` |
/// | `GOALSTEP n text` | as a goal's objective: obeys `text` in `n - 1` turns (says `goal step k` when that is no directive), then reports the goal complete and says `goal finished` |
/// | `DIE n` | stand-in agent: exits with status `n` in the middle of the turn; negative: by signal `-n` |
/// | `DIE-BEFORE-TRANSCRIPT n` | stand-in agent: the same, before the message is in the transcript |
/// | `HANGUP` | stand-in agent: closes its terminal and stays, deaf, for ever |
/// | anything else | answers `ECHO: <the text>` |
public enum Directive: Sendable, Hashable {
    case say(String)
    case length(Int)
    case slow(String, over: Duration)
    case think(String)
    case tool(String)
    case escalated(String)
    case textTool(String)
    case multi([String])
    case sequence
    case ask(questions: Int)
    case write(path: String, text: String)
    case agent(prompt: String)
    case use(tool: String, input: String)
    case empty
    case maxTokens
    case refuse
    case hang(Duration?)
    case drop
    /// `times` is nil for a failure that never ends.
    indirect case error(status: Int, times: Int?, then: Directive)
    case fail(code: String, message: String)
    indirect case goal(turns: Int, each: Directive)
    case die(status: Int32)
    case dieBeforeTranscript(status: Int32)
    case hangUp
    case echo(String)
}
