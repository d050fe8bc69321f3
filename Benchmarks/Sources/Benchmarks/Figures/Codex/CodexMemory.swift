/// What threads at rest, each after a turn, cost the supervisor, and for orientation the app-server that holds them.
func codexMemory(_ stage: Stage, steps: [Int] = [50, 200]) async throws -> [Figure] {
    try await stage.run("supervisor", "start")
    let process = try await stage.supervisorProcess
    let client = try SupervisorClient(path: stage.supervisorSocket)
    var supervisor = [ProcessUsage.memory(of: process)?.resident]
    var server: [Double?] = []
    var created = 0
    for step in steps {
        try await stage.createSessions((created + 1)...step, prefix: "idle", agent: "codex")
        for number in (created + 1)...step { _ = try await client.ask("SAY hello", of: "idle-\(number)") }
        created = step
        try await stage.supervisorIsQuiet()
        supervisor.append(ProcessUsage.memory(of: process)?.resident)
        server.append(ProcessUsage.memory(of: try await stage.appServer.process)?.resident)
    }
    await client.close()
    let (resident, ofServer) = (supervisor.compactMap { $0 }, server.compactMap { $0 })
    guard resident.count == steps.count + 1, ofServer.count == steps.count else { return [] }
    let (first, last) = (steps[0], steps[steps.count - 1])
    return zip(steps, resident.dropFirst()).map { step, memory in
        Figure(
            key: "codex-memory-\(step)", name: "supervisor, resident memory, \(step) idle Codex threads", unit: "MB",
            value: memory, floor: .init(name: "with none", value: resident[0]), aim: .below(60))
    } + [
        Figure(
            key: "codex-memory-thread", name: "of that for each thread after the first \(first)", unit: "KB",
            value: (resident[steps.count] - resident[1]) * 1024 / Double(last - first)),
        Figure(
            key: "codex-server-memory", name: "app-server, resident memory, \(last) idle threads", unit: "MB",
            value: ofServer[steps.count - 1], floor: .init(name: "with \(first)", value: ofServer[0])),
    ]
}
