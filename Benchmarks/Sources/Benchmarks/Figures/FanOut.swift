/// Twenty sessions asked at once, until the last answer is there.
func fanOut(_ stage: Stage, width: Int = 20) async throws -> [Figure] {
    try await stage.createSessions(1...width, prefix: "fan")
    let supervisor = try await stage.supervisorProcess
    var processorTimes: [Double] = []
    let samples = try await alternately(
        5, { try await milliseconds { try await concurrently(width) { _ in try await stage.bare("/bin/true") } } },
        {
            let before = ProcessUsage.processorTime(of: supervisor)
            let time = try await milliseconds {
                try await concurrently(width) { try await stage.run("ask", "fan-\($0)", "SAY answer \($0)") }
            }
            if let before, let after = ProcessUsage.processorTime(of: supervisor) { processorTimes.append(after - before) }
            return time
        })
    for number in 1...width { try await stage.run("kill", "fan-\(number)") }
    return [
        Figure(
            "fan-out", "\(width) × `ask` at once, to the last answer", samples[1],
            floor: ("\(width) bare processes at once", samples[0])),
        Figure("fan-out-supervisor", "the supervisor's processor time for that", Samples(processorTimes)),
    ]
}

private func concurrently(_ width: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...width { group.addTask { try await body(number) } }
        try await group.waitForAll()
    }
}
