import JSON
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

    @Test("commands get what their creator has, keys included, and the name of their own session")
    func commands() {
        #expect(CodexEnvironment.forCommands(caller: caller, session: "ahri", policy: .creators) == [
            "PATH": "/bin", "HOME": "/home/dev", "OPENAI_API_KEY": "secret", "PROJECT": "site", "LANG": "C.UTF-8",
            "DEV_SESSIONS_SESSION": "ahri",
        ])
    }

    @Test("where the user has settings about it, no secret is added: it is told by its name, in any case", arguments: [
        "OPENAI_API_KEY", "GITHUB_TOKEN", "CLIENT_SECRET", "DB_PASSWORD", "aws_secret_access_key", "Npm_Token", "KEYRING",
    ])
    func secrets(_ name: String) {
        let caller = [name: "x", "PROJECT": "site"]
        #expect(CodexEnvironment.forCommands(caller: caller, session: "ahri", policy: .users)
            == ["PROJECT": "site", "DEV_SESSIONS_SESSION": "ahri"])
        #expect(CodexEnvironment.forServer(caller: caller) == caller)
    }

    @Test("the user has settings about it if any is made, in the configuration or for the thread", arguments: [
        (["shell_environment_policy": ["inherit": nil, "exclude": nil]], [:], .creators),
        (["shell_environment_policy": nil], [:], .creators),
        ([:], ["model": "m"], .creators),
        (["shell_environment_policy": ["inherit": nil, "exclude": ["AWS_*"]]], [:], .users),
        ([:], ["shell_environment_policy.inherit": "core"], .users),
        ([:], ["shell_environment_policy": ["inherit": "core"]], .users),
        (nil, [:], .users),
    ] as [(JSON?, [String: JSON], CodexEnvironment.Policy)])
    func policy(_ config: JSON?, _ given: [String: JSON], _ policy: CodexEnvironment.Policy) {
        #expect(CodexEnvironment.Policy(config: config, given: given) == policy)
    }

    @Test("commands inherit nothing of the server's, unless the user has settings about it, which are left as they are")
    func settings() {
        let environment = ["PROJECT": "site"]
        #expect(CodexEnvironment.settings(environment, policy: .creators, given: ["model": "m"]) == [
            "model": "m", "shell_environment_policy.inherit": "none", "shell_environment_policy.set": ["PROJECT": "site"],
        ])
        let given: [String: JSON] = ["shell_environment_policy.set": ["A": "b"]]
        #expect(CodexEnvironment.settings(environment, policy: .users, given: given) == given)
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
