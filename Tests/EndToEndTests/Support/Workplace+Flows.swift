import Foundation
import JSON
import ScriptedModel
import TestSupport

extension Workplace {
    /// Runs a command that must exit with this status.
    @discardableResult
    func expect(
        _ status: Int32, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> Command.Result {
        let result = try await run(arguments, environment: environment)
        guard result.exit.status == status else { throw WorkplaceError(command: arguments, result: result) }
        return result
    }

    /// Waits until the model has been asked this, for the first time.
    func asked(_ prompt: String) async throws {
        _ = try await model?.waitForRequest { $0.prompt == prompt }
    }

    /// Waits until the session's terminal shows a text, at least so many times.
    func shows(_ text: String, times: Int = 1, on id: String) async throws {
        try await eventually("\"\(text)\" on the terminal of \(id)", deadline: .seconds(60)) {
            try await home.tmux.run("capture-pane", "-p", "-t", "=dev-\(id):").components(separatedBy: text).count > times
        }
    }

    /// Waits until so many messages of the session's are not delivered yet.
    func queued(_ count: Int, in id: String) async throws {
        try await eventually("\(count) queued messages in \(id)", deadline: .seconds(60)) {
            try await status(id)["queued"]?.int == count
        }
    }

    /// Presses a key at a session's dialog, as a person does: once more if nothing comes of it, because Claude Code
    /// 2.1.329 passes over keys in a dialog's first moments.
    func decide(with key: String, in id: String) async throws {
        try await eventually("the end of the dialog in \(id)", deadline: .seconds(60)) {
            try await press(key, in: id)
            return (try? await eventually("a change", deadline: .seconds(2)) {
                try await must("status", id) != "waiting_for_input"
            }) != nil
        }
        try await state("idle", of: id)
    }

    /// What the session waits for.
    func pending(_ id: String) async throws -> [JSON] {
        try JSON(parsing: try await must("respond", id, "--json")).array ?? []
    }

    /// Waits until no hook of the session's runs any more, as `/proc` shows it.
    func hooksAreGone(of id: String) async throws {
        try await eventually("the end of the hooks of \(id)", deadline: .seconds(30)) {
            let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
            return !processes.contains { process in
                guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
                let arguments = String(decoding: line, as: UTF8.self).split(separator: "\0")
                return arguments.contains("hook") && arguments.last.map { $0 == id } ?? false
            }
        }
    }
}
