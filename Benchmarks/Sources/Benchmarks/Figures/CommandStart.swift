/// What a command costs before it does anything, and the smallest question to the supervisor.
func commandStart(_ stage: Stage) async throws -> [Figure] {
    try await stage.createSessions(1...1, prefix: "alone")
    let samples = try await alternately(
        60, { try await milliseconds { try await stage.bare("/bin/true") } }, { try await stage.time("--version") },
        { try await stage.time("status", "alone-1") }, { try await stage.time("list") })
    let floor = (name: "`/bin/true`", samples: samples[0])
    return [
        Figure("version", "`--version`", samples[1], floor: floor, aim: .aboveFloor(atMost: 10)),
        Figure("status-1", "`status`, 1 session", samples[2], floor: floor, aim: .aboveFloor(atMost: 10)),
        Figure("list-1", "`list`, 1 session", samples[3], floor: floor, aim: .aboveFloor(atMost: 10)),
    ]
}
