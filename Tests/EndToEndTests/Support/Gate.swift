import EventLoop
import Foundation
import TestSupport

/// Holds an agent at one moment of a delivery: between it and one of our two programs that it runs stands a script
/// that tells that it has come, and goes on when it is let.
struct Gate {
    enum Place: Sendable {
        /// The agent has called its editor, which has not asked for the message yet.
        case editor
        /// The agent has taken the message, and its hook has not told yet.
        case promptHook
    }

    private let reached: String
    private let opened: String

    init(_ place: Place, in workplace: Workplace) throws {
        let shim = workplace.state + (place == .editor ? "/editor" : "/hook")
        let real = shim + ".real"
        reached = shim + ".reached"
        opened = shim + ".opened"
        try? FileManager.default.removeItem(atPath: reached)
        try? FileManager.default.removeItem(atPath: opened)
        try System.replace(real, with: System.readFile(shim))
        try System.setPermissions(real, 0o700)
        let hold = ": > '\(reached)'; until [ -e '\(opened)' ]; do sleep 0.02; done"
        let script =
            switch place {
            case .editor: "#!/bin/sh\n\(hold)\nexec '\(real)' \"$@\"\n"
            case .promptHook: """
                #!/bin/sh
                payload=$(cat)
                case "$payload" in *'"hook_event_name":"UserPromptSubmit"'*) \(hold) ;; esac
                printf '%s\\n' "$payload" | '\(real)' "$@"

                """
            }
        // In one step, and as another file: a shell reads its script while it runs.
        let new = shim + ".gate"
        try System.replace(new, with: Array(script.utf8))
        try System.setPermissions(new, 0o700)
        try System.rename(new, to: shim)
    }

    /// Returns when the agent has come to the gate.
    func isReached() async throws {
        try await eventually("the agent to come to \(reached)", deadline: .seconds(60)) { System.exists(reached) }
    }

    func open() throws { try System.replace(opened, with: []) }
}
