/// A session of its own and a message, against what tmux needs alone for a session and for keys.
func createAndSend(_ stage: Stage) async throws -> [Figure] {
    var number = 0
    let creation = try await alternately(
        15,
        {
            number += 1
            return try await milliseconds {
                try await stage.home.tmux.run("new-session", "-d", "-s", "bare-\(number)", "sleep 1000")
            }
        },
        { try await stage.time("create", "-q", "--id", "new-\(number)") })
    try await stage.home.tmux.run("new-session", "-d", "-s", "keys", "cat")
    try await stage.run("create", "-q", "--id", "receiver")
    let sending = try await alternately(
        30, { try await milliseconds { try await stage.home.tmux.run("send-keys", "-t", "keys", "SAY hello", "Enter") } },
        {
            let time = try await stage.time("send", "receiver", "SAY hello")
            try await stage.run("wait", "receiver")
            return time
        })
    for session in 1...number {
        try await stage.run("kill", "new-\(session)")
        try await stage.home.tmux.run("kill-session", "-t", "=bare-\(session)")
    }
    return [
        Figure(
            "create", "`create`, until the agent takes messages", creation[1],
            floor: ("`tmux new-session -d`", creation[0])),
        Figure("send", "`send`, until the agent has it", sending[1], floor: ("`tmux send-keys`", sending[0])),
    ]
}
