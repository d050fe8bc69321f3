import JSON
import Testing
@testable import Sessions

@Suite("What create takes for Codex")
struct CodexSettingsTests {
    private func new(
        mode: String = "native", permissionMode: String? = nil, approvalPolicy: String? = nil, sandbox: String? = nil, _ arguments: [String] = []
    ) -> NewSession {
        NewSession(
            agent: .codex, path: "/work", description: nil, mode: mode, model: nil, id: nil, permissionMode: permissionMode,
            approvalPolicy: approvalPolicy, sandbox: sandbox, trust: false, agentArguments: arguments, environment: [:], parent: nil)
    }

    @Test("without anything: full access, and nothing is asked, as with the npm tool")
    func defaults() throws {
        let settings = try CodexSettings(new())
        #expect(settings.approvalPolicy == "never")
        #expect(settings.sandbox == "danger-full-access")
        #expect(settings.config == [:])
    }

    @Test("each approval policy and sandbox that Codex has")
    func choices() throws {
        for policy in ["never", "on-request", "untrusted"] {
            for sandbox in ["danger-full-access", "workspace-write", "read-only"] {
                let settings = try CodexSettings(new(approvalPolicy: policy, sandbox: sandbox))
                #expect((settings.approvalPolicy, settings.sandbox) == (policy, sandbox))
            }
        }
    }

    @Test("what Codex cannot do is refused, and what it can do is said")
    func refused() {
        func message(_ new: NewSession) -> String? { #expect(throws: SessionError.self) { try CodexSettings(new) }?.message }
        #expect(message(new(mode: "docker")) == "The mode \"docker\" is not available for codex; use native.")
        #expect(message(new(permissionMode: "plan")) == "--permission-mode is Claude Code's; use --approval-policy and --sandbox with codex.")
        #expect(message(new(approvalPolicy: "always")) == "Unknown approval policy \"always\": use never, on-request, untrusted.")
        #expect(message(new(sandbox: "none")) == "Unknown sandbox \"none\": use danger-full-access, workspace-write, read-only.")
    }

    @Test("settings are read as codex -c reads them", arguments: [
        ("model=o3", "model", "o3"), ("model=\"o3\"", "model", "o3"), ("model='o3'", "model", "o3"), (" model = o3 ", "model", "o3"),
        ("a.b.c=7", "a.b.c", 7), ("a=-1.5", "a", -1.5), ("a=true", "a", true), ("a=yes", "a", "yes"), ("a=null", "a", "null"),
        ("a=", "a", ""), ("a=b=c", "a", "b=c"), ("a=it's", "a", "it's"), ("a=\"\"", "a", ""),
        ("list=[\"x\", 1]", "list", ["x", 1]), ("env={\"A\": \"b\"}", "env", ["A": "b"]),
    ] as [(String, String, JSON)])
    func config(_ setting: String, _ name: String, _ value: JSON) throws {
        #expect(try CodexSettings(new(["-c", setting])).config == [name: value])
        #expect(try CodexSettings(new(["--config", setting])).config == [name: value])
    }

    @Test("of a setting that is given twice, the last one counts")
    func twice() throws {
        #expect(try CodexSettings(new(["-c", "a=1", "--config", "b=2", "-c", "a=3"])).config == ["a": 3, "b": 2])
    }

    @Test("other arguments of codex, and settings that are none, are refused", arguments: [
        ["--search"], ["-c"], ["-c", "model"], ["model=o3"], ["-c", "=x"], ["-c", " = x"], ["-m", "o3"], ["-c", "a=1", "resume"],
        ["-c", "list=['x']"], ["-c", "table={a = 1}"],
    ])
    func arguments(_ arguments: [String]) {
        let error = #expect(throws: SessionError.self) { try CodexSettings(new(arguments)) }
        #expect(error?.code == .invalid)
    }
}
