/// Questions about many sessions, and what the supervisor costs that watches them.
func manySessions(_ stage: Stage, steps: [Int] = [50, 500]) async throws -> [Figure] {
    let supervisor = try await stage.supervisorProcess
    let alone = ProcessUsage.memory(of: supervisor)
    let present = try await stage.run("list").split(separator: "\n").count - 2
    var figures: [Figure] = []
    var created = 0
    for step in steps {
        try await stage.createSessions((created + 1)...(step - present), prefix: "many")
        created = step - present
        let samples = try await alternately(
            30, { try await milliseconds { try await stage.bare("/bin/true") } },
            { try await stage.time("status", "many-1") }, { try await stage.time("list") })
        let floor = (name: "`/bin/true`", samples: samples[0])
        figures += [
            Figure("status-\(step)", "`status`, \(step) sessions", samples[1], floor: floor, aim: .aboveFloor(atMost: 10)),
            Figure(
                "list-\(step)", "`list`, \(step) sessions", samples[2], floor: floor, aim: step == 500 ? .below(30) : nil),
        ]
    }
    guard let alone else { return figures }
    // The agents' own notices of idleness come after a minute.
    try await Task.sleep(for: .seconds(65))
    let before = ProcessUsage.processorTime(of: supervisor)
    let start = ContinuousClock.now
    try await Task.sleep(for: .seconds(30))
    let elapsed = (ContinuousClock.now - start).inMilliseconds
    guard let before, let after = ProcessUsage.processorTime(of: supervisor),
        let memory = ProcessUsage.memory(of: supervisor), let last = steps.last
    else { return figures }
    let name = "with \(present)"
    return figures + [
        Figure(
            key: "memory-resident", name: "supervisor, resident memory, \(last) sessions", unit: "MB", value: memory.resident,
            floor: .init(name: name, value: alone.resident), aim: .below(60)),
        Figure(
            key: "memory-proportional", name: "supervisor, proportional memory, \(last) sessions", unit: "MB",
            value: memory.proportional, floor: .init(name: name, value: alone.proportional), aim: .below(60)),
        Figure(
            key: "idle", name: "supervisor, processor, \(last) idle sessions", unit: "% of a core",
            value: 100 * (after - before) / elapsed, aim: .below(1)),
    ]
}
