import Foundation

/// Turns of many threads at once through the supervisor, against a bare client that runs as many on the same server.
func codexTurns(_ stage: Stage, width: Int = 50, asks: Int = 4) async throws -> [Figure] {
    try await stage.createSessions(1...width, prefix: "codex", agent: "codex")
    let supervisor = try SupervisorClient(path: stage.supervisorSocket)
    let server = try await stage.appServer
    let bare = try await BareCodexClient.connect(to: server.socket)
    var threads: [String] = []
    for _ in 1...width { threads.append(try await bare.startThread(in: stage.folder)) }

    let own = Int(ProcessInfo.processInfo.processIdentifier)
    var bareCosts = TurnCosts(client: own, server: server.process, turns: width * asks)
    var costs = TurnCosts(client: try await stage.supervisorProcess, server: server.process, turns: width * asks)
    let samples = try await alternately(
        5,
        {
            try await bareCosts.note { [threads] in
                try await turns(width, asks) { try await bare.ask($1, in: threads[$0]) }
            }
        },
        {
            try await costs.note {
                try await turns(width, asks) { try await supervisor.ask($1, of: "codex-\($0 + 1)") }
            }
        })
    await bare.close()
    await supervisor.close()
    func rate(_ samples: Samples) -> String { Report.number(Double(width * asks) / samples.median * 1000) + " a second" }
    return [
        Figure(
            "codex-turns", "\(width) Codex sessions at once, \(asks) × `ask` each (\(rate(samples[1])))", samples[1],
            floor: ("a bare client on the same app-server (\(rate(samples[0])))", samples[0])),
        Figure(
            "codex-turn-supervisor", "the supervisor's processor time for one such turn", costs.ofClient,
            floor: ("the bare client's", bareCosts.ofClient)),
        Figure(
            "codex-turn-server", "the app-server's processor time for one such turn", costs.ofServer,
            floor: ("with the bare client", bareCosts.ofServer)),
    ]
}

/// Runs turns: so many askers at once, each one turn after the other.
private func turns(
    _ width: Int, _ asks: Int, by ask: @escaping @Sendable (_ asker: Int, _ text: String) async throws -> String
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for asker in 0..<width {
            group.addTask {
                for number in 1...asks {
                    let wanted = "answer \(number) of \(asker)"
                    let answer = try await ask(asker, "SAY \(wanted)")
                    guard answer == wanted else { throw BenchmarkError("“\(answer)” came instead of “\(wanted)”") }
                }
            }
        }
        try await group.waitForAll()
    }
}

/// What turns cost two processes, in milliseconds of processor time each.
private struct TurnCosts {
    let client: Int
    let server: Int
    let turns: Int
    private var clientTimes: [Double] = []
    private var serverTimes: [Double] = []

    init(client: Int, server: Int, turns: Int) {
        self.client = client
        self.server = server
        self.turns = turns
    }

    var ofClient: Samples { Samples(clientTimes) }
    var ofServer: Samples { Samples(serverTimes) }

    /// - Parameter body: runs the turns.
    /// - Returns: how long it took, in milliseconds.
    mutating func note(_ body: () async throws -> Void) async throws -> Double {
        let before = [client, server].map(ProcessUsage.processorTime)
        let time = try await milliseconds(body)
        let after = [client, server].map(ProcessUsage.processorTime)
        if let from = before[0], let to = after[0] { clientTimes.append((to - from) / Double(turns)) }
        if let from = before[1], let to = after[1] { serverTimes.append((to - from) / Double(turns)) }
        return time
    }
}
