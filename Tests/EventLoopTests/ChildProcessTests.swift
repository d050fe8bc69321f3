import EventLoop
import Testing

@Suite("Child processes", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    @Test("a child's output, errors and exit code arrive")
    func output() async throws {
        try await withLoop { loop, actor in
            let result = try await ChildProcess.output(
                on: loop, .shell("cat; echo bad >&2; exit 3"), input: Array("hello".utf8), timeout: .seconds(30))
            #expect(result.exit == .init(status: 3, signal: 0))
            #expect(result.stdout == Array("hello".utf8))
            #expect(result.stderr == Array("bad\n".utf8))
        }
    }

    @Test("a signal that ends a child is told")
    func signal() async throws {
        try await withLoop { loop, actor in
            let log = Log<ChildProcess.Exit>()
            let child = try ChildProcess(on: loop, .shell("sleep 3600")) { log.append($0) }
            try child.kill(15)
            await log.wait { !$0.isEmpty }
            #expect(log.elements == [.init(status: 0, signal: 15)])
            child.close()
        }
    }
}

extension ChildProcess.Options {
    static func shell(_ script: String) -> ChildProcess.Options {
        ChildProcess.Options(executable: "sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    }
}
