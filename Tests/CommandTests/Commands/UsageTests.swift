import Control
import EventLoop
import Testing
import TestSupport

struct UsageTests {
    /// A command line, and what standard error says about it.
    private static let mistakes: [(String, String)] = [
        ("bogus", "error: unknown command 'bogus'\n(Did you mean logs?)"),
        ("lsit", "error: unknown command 'lsit'\n(Did you mean list?)"),
        ("entirely-different", "error: unknown command 'entirely-different'"),
        ("gateway", "error: unknown command 'gateway'"),
        ("--bogus", "error: unknown option '--bogus'"),
        ("list --bogus", "error: unknown option '--bogus'"),
        ("send a -dash", "error: unknown option '-dash'"),
        ("status", "error: missing expected argument '<id>'"),
        ("list extra", "error: unexpected argument 'extra'"),
        ("status a b", "error: unexpected argument 'b'"),
        ("create -p", "error: missing value for '-p'"),
        ("create --cli bogus", "error: option '--cli <cli>' argument 'bogus' is invalid. Allowed choices are claude, codex."),
        ("create --mode=bogus", "error: option '-m, --mode <mode>' argument 'bogus' is invalid. Allowed choices are native, docker."),
        ("create -mdocker", "Sessions in docker come with a later version of dev-sessions. Use --mode native."),
        ("create --path /no/such/place", "Workspace path does not exist: /no/such/place"),
        ("create -p/etc/passwd", "Workspace path is not a directory: /etc/passwd"),
        ("send a hello --file f", "Provide either <message> or --file, not both"),
        ("send a", "Message is required. Use <message> or --file <path>."),
        ("send a --file -", "Message is required. Use <message> or --file <path>."),
        ("supervisor --bogus", "error: unknown option '--bogus'"),
        ("ask a --timeout 0", "Message is required. Use <message> or --file <path>."),
        ("ask a hello --timeout 0", "--timeout must be a positive integer"),
        ("wait a --timeout 0", "--timeout must be a positive integer"),
        ("wait a --timeout -1", "--timeout must be a positive integer"),
        ("wait a -t1.5", "--timeout must be a positive integer"),
        ("wait a -t abc", "--timeout must be a positive integer"),
        ("wait a -i 0", "--interval must be a positive number"),
        ("wait a -i nan", "--interval must be a positive number"),
        ("wait a --goal --next-turn", "Use only one of --goal, --next-turn"),
        ("last-message a -n 0", "--count must be a positive integer"),
        ("kill", "Provide exactly one of <id>, --all, or --older-than <duration>"),
        ("kill a --all", "Provide exactly one of <id>, --all, or --older-than <duration>"),
        ("kill --older-than 5", "--older-than must be a duration like 30m, 72h, or 7d"),
        ("kill --older-than 1.5h", "--older-than must be a duration like 30m, 72h, or 7d"),
        ("kill --older-than 0m", "--older-than must be a positive duration"),
        ("respond a", "Provide exactly one of --allow, --allow-always, --deny, or --answer <text>"),
        ("goal a x -f y", "Provide either an objective or --file, not both"),
        ("goal a -f /dev/null", "Objective file is empty. Provide a non-empty objective."),
        ("goal a --pause --clear", "Use only one of --pause, --resume, --clear"),
        ("goal a x --clear", "--clear cannot be combined with an objective or --budget"),
        ("goal a --clear --budget 5", "--clear cannot be combined with an objective or --budget"),
        ("goal a x --pause", "--pause/--resume cannot be combined with an objective"),
        ("goal a --budget 0", "--budget must be a positive integer"),
        ("goal a --budget 1.5", "--budget must be a positive integer"),
        ("respond a --allow --allow-always", "Provide exactly one of --allow, --allow-always, --deny, or --answer <text>"),
        ("respond a --allow --deny", "Provide exactly one of --allow, --allow-always, --deny, or --answer <text>"),
        ("respond a --allow --message no", "--message goes with --deny"),
    ]

    @Test("what is wrong with a command line is said once, on standard error, before a supervisor is started")
    func mistakes() async throws {
        try await Stage.with(isListening: false) { stage in
            for (line, message) in Self.mistakes {
                let result = try await stage.command(line.split(separator: " ").map(String.init)).run()
                #expect(result.errorText == message + "\n", "dev-sessions \(line)")
                #expect(result.output.isEmpty, "dev-sessions \(line)")
                #expect(result.exit.status == 1, "dev-sessions \(line)")
            }
            #expect(!System.exists(stage.stateDirectory.log))
        }
    }

    @Test("the version is the same word by either option", arguments: ["--version", "-V"])
    func version(option: String) async throws {
        try await Stage.with(isListening: false) { stage in
            let result = try await stage.run(option)
            #expect(result.outputText == "0.5.0\n")
            #expect(result.errors.isEmpty && result.exit.status == 0)
        }
    }

    @Test("help that was asked for is a result; help that was not is a complaint")
    func help() async throws {
        try await Stage.with(isListening: false) { stage in
            let bare = try await stage.command([]).run()
            #expect(bare.output.isEmpty && bare.exit.status == 1)
            for arguments in [["help"], ["--help"], ["-h"]] {
                let asked = try await stage.command(arguments).run()
                #expect(asked.output == bare.errors && asked.errors.isEmpty && asked.exit.status == 0)
            }
            let pages = try await [stage.run("help", "send"), stage.run("send", "--help"), stage.run("send", "-h")]
            #expect(Set(pages.map(\.outputText)).count == 1)
            #expect(pages.allSatisfy { $0.exit.status == 0 && $0.errors.isEmpty && $0.outputText.contains("--literal") })
            #expect(!bare.errorText.contains("hook"), "what only agents run is not shown")
        }
    }

    @Test("a message that cannot be read or is no text is refused before the session is looked up")
    func unreadable() async throws {
        try await Stage.with(isListening: false) { stage in
            let absent = try await stage.run("send", "a", "--file", "")
            #expect(absent.errorText == "Message is required. Use <message> or --file <path>.\n")
            let missing = try await stage.run("send", "a", "--file", "/no/such/file")
            #expect(missing.errorText == "The message cannot be read: opening /no/such/file: no such file or directory\n")
            let folder = try await stage.run("send", "a", "--file", "/tmp")
            #expect(folder.errorText.hasPrefix("The message cannot be read: reading /tmp: illegal operation on a directory"))
            var argument = try stage.command([])
            argument.arguments = ["-c", #""$0" send a "$(printf 'caf\351')""#, argument.executable]
            argument.executable = "/bin/sh"
            let typed = try await argument.run()
            #expect(typed.errorText == "The message is not UTF-8 text.\n" && typed.exit.status == 1)
            let path = stage.home.path + "/latin"
            try System.append(path, [0x63, 0x61, 0x66, 0xE9])
            let latin = try await stage.run("send", "a", "-f", path)
            #expect(latin.errorText == "The message in \(path) is not UTF-8 text.\n")
            #expect([missing, folder, latin].allSatisfy { $0.exit.status == 1 && $0.output.isEmpty })
        }
    }
}
