import Foundation
import JSON
import TestSupport

/// Sessions of the real Codex, with a scripted model.
func codex() async throws -> [Figure] {
    guard RealAgents.codex != nil else {
        FileHandle.standardError.write(Data("left out: Codex is not installed (Tests/install-requirements)\n".utf8))
        return []
    }
    let memory = try await Stage.withCodex { try await codexMemory($0) }
    return try await memory + Stage.withCodex { try await codexTurns($0) + codexWaitLatency($0) }
}

/// From `turn/completed` on the wire, as a second connection sees it, to the end of the `wait` command.
private func codexWaitLatency(_ stage: Stage) async throws -> [Figure] {
    try await stage.run("create", "-q", "--cli", "codex", "--id", "waited")
    try await stage.run("ask", "waited", "SAY first")
    guard let thread = try JSON(parsing: await stage.run("inspect", "waited"))["internalId"]?.string else {
        throw BenchmarkError("the record of a session has no thread")
    }
    let observer = try await BareCodexClient.connect(to: stage.appServer.socket)
    try await observer.resume(thread)
    return try await waitLatency(
        stage, of: "waited", seenBy: observer, key: "codex-wait", name: "`turn/completed` on the wire to end of `wait`")
}
