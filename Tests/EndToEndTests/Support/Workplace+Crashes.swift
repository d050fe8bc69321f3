import EventLoop
import Foundation
import JSON
import TestSupport

extension Workplace {
    enum TurnStateName: String { case running, completed }

    /// Waits until the newest turn's state is this.
    func turn(_ state: TurnStateName, of id: String) async throws {
        try await eventually("\(id)'s turn to be \(state)", deadline: .seconds(60)) {
            try await status(id)["turn"]?["state"]?.string == state.rawValue
        }
    }

    /// The tmux server's process.
    func tmuxServer() async throws -> String {
        try await home.tmux.run("display-message", "-p", "#{pid}").trimmingCharacters(in: .newlines)
    }

    /// The lines of all transcripts of this home.
    func transcriptLines() throws -> [String] {
        let projects = home.path + "/.claude/projects"
        // The folder comes with the first message.
        guard System.exists(projects) else { return [] }
        return try System.entries(of: projects).flatMap { folder in
            try System.entries(of: "\(projects)/\(folder)").filter { $0.hasSuffix(".jsonl") }.flatMap { name in
                String(decoding: try System.readFile("\(projects)/\(folder)/\(name)"), as: UTF8.self)
                    .split(separator: "\n").map(String.init)
            }
        }
    }

    /// What stands in the transcripts as messages of a user.
    func transcriptPrompts() throws -> [String] {
        try transcriptLines().compactMap { line in
            guard let entry = try? JSON(parsing: line), entry["type"]?.string == "user" else { return nil }
            let content = entry["message"]?["content"]
            return content?.string ?? content?[0]?["text"]?.string
        }
    }
}
