/// What goes wrong on purpose, by environment:
///
/// | variable | effect |
/// |---|---|
/// | `STAND_IN_START_DELAY_MS` | the prompt appears so much later |
/// | `STAND_IN_START_DIALOG` | `trust`, `key` or `bypass`: that dialog appears first, its default is to exit |
/// | `STAND_IN_NO_STATUS` | writes no status file, as versions before it did |
/// | `STAND_IN_NO_HOOKS` | runs no hooks, as with `disableAllHooks` |
///
/// What goes wrong in a turn is asked for in the message: see `Directive`.
struct Faults: Sendable {
    var startDelay: Duration = .zero
    var startDialog: StartDialog?
    var hasStatusFile = true
    var hasHooks = true

    init(environment: [String: String]) {
        if let delay = environment["STAND_IN_START_DELAY_MS"].flatMap(Int.init) { startDelay = .milliseconds(delay) }
        startDialog = environment["STAND_IN_START_DIALOG"].flatMap(StartDialog.init)
        hasStatusFile = environment["STAND_IN_NO_STATUS"] == nil
        hasHooks = environment["STAND_IN_NO_HOOKS"] == nil
    }
}
