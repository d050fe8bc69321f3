import Testing
@testable import Sessions

@Suite("The environments of Codex and of its commands")
struct CodexEnvironmentTests {
    private let caller = [
        "PATH": "/bin", "HOME": "/home/dev", "OPENAI_API_KEY": "secret", "PROJECT": "site", "LANG": "C.UTF-8",
        "_": "/bin/dev-sessions", "PWD": "/elsewhere", "OLDPWD": "/", "SHLVL": "2", "TERM": "dumb", "COLUMNS": "80", "LINES": "25",
        "DEV_SESSIONS_SESSION": "parent",
    ]

    @Test("the server gets what its creator has, keys included, and nothing of the shell that ran the command")
    func server() {
        #expect(CodexEnvironment.forServer(caller: caller) == [
            "PATH": "/bin", "HOME": "/home/dev", "OPENAI_API_KEY": "secret", "PROJECT": "site", "LANG": "C.UTF-8",
        ])
    }

    @Test("commands get no secrets, and the name of their own session")
    func commands() {
        #expect(CodexEnvironment.forCommands(caller: caller, session: "ahri") == [
            "PATH": "/bin", "HOME": "/home/dev", "PROJECT": "site", "LANG": "C.UTF-8", "DEV_SESSIONS_SESSION": "ahri",
        ])
    }

    @Test("a secret is told by its name, in any case", arguments: [
        "OPENAI_API_KEY", "GITHUB_TOKEN", "CLIENT_SECRET", "DB_PASSWORD", "aws_secret_access_key", "Npm_Token", "KEYRING",
    ])
    func secrets(_ name: String) {
        #expect(CodexEnvironment.forCommands(caller: [name: "x"], session: "ahri") == ["DEV_SESSIONS_SESSION": "ahri"])
        #expect(CodexEnvironment.forServer(caller: [name: "x"]) == [name: "x"])
    }

    @Test("what a surrounding agent or tmux put there does not reach Codex")
    func surroundings() {
        var caller = Dictionary(uniqueKeysWithValues: AgentEnvironment.removed.map { ($0, "x") })
        caller["GIT_EDITOR"] = "true"
        #expect(CodexEnvironment.forServer(caller: caller) == [:])
        // Without Claude Code around, it is the user's own.
        #expect(CodexEnvironment.forServer(caller: ["GIT_EDITOR": "vi"]) == ["GIT_EDITOR": "vi"])
    }
}
