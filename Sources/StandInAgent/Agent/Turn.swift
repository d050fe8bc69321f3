import Directives

/// One turn from its message to its end.
final class Turn {
    enum Work {
        /// Messages of the user, or what stands in their place; the last one is obeyed.
        case prompts([String], Transcript.Source)
        /// `!` and a command.
        case shell(String)
        /// `/compact` and what it is told.
        case compaction(String)
    }

    /// Where an interruption finds it.
    enum Stage {
        case beforeAnswer
        /// The first words of a text are on the screen.
        case streaming(Transcript.Answer, text: String)
        case inTool(ToolCall)
        /// The person is asked before the tool runs.
        case inDialog
    }

    let work: Work
    var promptID = Identifier.unique()
    let start = ContinuousClock.now
    /// Time spent in dialogs, which is not counted.
    var waited = Duration.zero
    var stage = Stage.beforeAnswer
    /// Whether the model has said anything.
    var isAnswered = false
    var task: Task<Void, Never>?

    init(prompts: [String], source: Transcript.Source) {
        work = .prompts(prompts, source)
    }

    init(shellCommand: String) {
        work = .shell(shellCommand)
    }

    init(compaction instructions: String) {
        work = .compaction(instructions)
    }

    /// What the person would have to write again.
    var lastPrompt: String {
        switch work {
        case .prompts(let texts, _): texts.first ?? ""
        case .shell(let command): "!" + command
        case .compaction: "/compact"
        }
    }

    var milliseconds: Int { (.now - start - waited).milliseconds }
}
