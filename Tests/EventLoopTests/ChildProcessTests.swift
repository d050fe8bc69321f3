@testable import EventLoop
import Testing

@Suite("Child processes", .timeLimit(.minutes(2)))
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

    @Test("a child gets exactly the arguments, environment and directory that it was given")
    func options() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            var options = ChildProcess.Options.shell(#"printf '%s|' "$@"; pwd; env"#)
            options.arguments += ["sh", "a b", "", "*", "'\"\\\n"]
            options.environment["ONLY"] = "a=b c"
            options.directory = directory.path
            let result = try await ChildProcess.output(on: loop, options, timeout: .seconds(30))
            let text = String(decoding: result.stdout, as: UTF8.self)
            let expected = "a b||*|'\"\\\n|\(System.realPath(directory.path) ?? "")\n"
            #expect(text.hasPrefix(expected))
            let names = Set(text.dropFirst(expected.count).split(separator: "\n").map { $0.prefix { $0 != "=" } })
            // The shell adds its own three.
            #expect(names.subtracting(["PWD", "SHLVL", "_", "OLDPWD"]) == ["PATH", "ONLY"])
        }
    }

    @Test("a signal that ends a child is told, and a child that has ended cannot be signalled")
    func signal() async throws {
        try await withLoop { loop, actor in
            let log = Log<ChildProcess.Exit>()
            let child = try ChildProcess(on: loop, .shell("sleep 3600")) { log.append($0) }
            try child.kill(15)
            await log.wait { !$0.isEmpty }
            #expect(log.elements == [.init(status: 0, signal: 15)])
            #expect(await failure { try child.kill(15) } == .closed)
            child.close()
        }
    }

    @Test("a program that cannot be started is named in the error")
    func spawnFailures() async throws {
        let directory = try TemporaryDirectory()
        try System.append(directory("text"), Array("not a program".utf8))
        try await withLoop { loop, actor in
            for executable in ["no-such-program", directory("missing"), directory("text")] {
                let options = ChildProcess.Options(executable: executable, environment: ["PATH": "/usr/bin:/bin"])
                let error = #expect(throws: EventLoopError.self) { try ChildProcess(on: loop, options) { _ in } }
                #expect(error?.description.contains(executable) == true)
                #expect(error?.code == .notFound)
            }
            var options = ChildProcess.Options.shell("true")
            options.directory = directory("missing")
            let error = #expect(throws: EventLoopError.self) { try ChildProcess(on: loop, options) { _ in } }
            #expect(error?.description.contains(directory("missing")) == true)
            // What looks like a program, and is refused by the kernel.
            try System.append(directory("script"), Array("#!/no/such/interpreter\n".utf8))
            try System.setPermissions(directory("script"), 0o700)
            options = ChildProcess.Options(executable: directory("script"), stdout: .pipe)
            // Mostly for want of the interpreter; while another thread starts a program of its own, which for a
            // moment has the script open for writing, as busy.
            #expect(await failure { _ = try ChildProcess(on: loop, options) { _ in } } != nil)
        }
    }

    @Test("output beyond the limit, or a run beyond the time, ends the program with its children")
    func bounds() async throws {
        try await withLoop { loop, actor in
            var options = ChildProcess.Options.shell("sleep 3600 & echo $!; yes")
            options.newSession = true
            let start = ContinuousClock.now
            #expect(await failure { try await run(options, loop, limit: 1 << 20, timeout: .seconds(60)) } == .tooLong)
            options = .shell("sleep 3600")
            #expect(
                await failure { try await run(options, loop, limit: 1, timeout: .milliseconds(50)) } == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(30))
            let task = Task { try await run(options, loop, limit: 1, timeout: .seconds(3600)) }
            try await loop.sleep(for: .milliseconds(5))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("a program that leaves a child behind with its output open is not waited for")
    func leftChild() async throws {
        try await withLoop { loop, actor in
            let result = try await ChildProcess.output(
                on: loop, .shell("sleep 3600 & echo $!"), timeout: .seconds(60))
            let left = try #require(Int32(String(decoding: result.stdout.dropLast(), as: UTF8.self)))
            try System.kill(left, 9)
        }
    }

    @Test("a child that is forgotten runs on, and is reaped when it ends")
    func forgotten() async throws {
        try await withLoop { loop, actor in
            let child = try ChildProcess(on: loop, .shell("sleep 3600")) { _ in Issue.record("told of the end") }
            let process = try #require(ProcessIdentity.of(child.processID))
            child.close()
            #expect(loop.handleCounts.total == 0)
            #expect(process.isAlive)
            #expect(await failure { try child.kill(9) } == .closed)
            try System.kill(process.processID, 9)
            while (try? System.kill(process.processID, 0)) != nil { try await loop.sleep(for: .milliseconds(1)) }
        }
    }

    @Test("a child speaks through its pipes, in a session of its own when asked")
    func pipes() async throws {
        try await withLoop { loop, actor in
            var options = ChildProcess.Options.shell(#"cut -d " " -f 6 /proc/$$/stat; cat"#)
            (options.stdin, options.stdout, options.newSession) = (.pipe, .pipe, true)
            let exits = Log<ChildProcess.Exit>()
            let child = try ChildProcess(on: loop, options) { exits.append($0) }
            let received = Received()
            child.stdout?.read(received.receive)
            try await child.stdin?.send([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20))
            child.stdin?.finishWriting()
            await received.waitForEnd()
            await exits.wait { !$0.isEmpty }
            let text = String(decoding: received.bytes, as: UTF8.self)
            let session = text.prefix { $0 != "\n" }.drop { $0 == " " }
            #expect(session == "\(child.processID)")
            #expect(text.utf8.count { $0 == UInt8(ascii: "x") } == 1 << 20)
            child.close()
        }
    }

    @Test("children have the limit of open files from before it was raised, and ignore no signal")
    func inheritance() async throws {
        System.ignoreBrokenPipes()
        try await withLoop { loop, actor in
            let script = "ulimit -Sn; grep SigIgn /proc/self/status | cut -f2"
            let before = try await ChildProcess.output(on: loop, .shell(script), timeout: .seconds(30))
            System.raiseOpenFileLimit()
            // The limit is set right after the start.
            let after = try await ChildProcess.output(on: loop, .shell("sleep 0.3; \(script)"), timeout: .seconds(30))
            #expect(before.stdout == after.stdout)
            let ignored = String(decoding: after.stdout, as: UTF8.self).split(separator: "\n").last.flatMap { UInt64($0, radix: 16) }
            // Above bit 30 stand the C library's own signals.
            #expect(ignored.map { $0 & 0x7FFF_FFFF } == 0)
        }
    }

    @Test("a hundred children at once all end")
    func hundred() async throws {
        try await withLoop { loop, actor in
            let log = Log<Int32>()
            var children: [ChildProcess] = []
            for number in 0..<100 {
                children.append(try ChildProcess(on: loop, .shell("exit \(number)")) { log.append($0.status) })
            }
            await log.wait { $0.count == 100 }
            #expect(log.elements.sorted() == Array(0..<100))
            for child in children { child.close() }
        }
    }
}

private func run(_ options: ChildProcess.Options, _ loop: EventLoop, limit: Int, timeout: Duration) async throws {
    _ = try await ChildProcess.output(on: loop, options, limit: limit, timeout: timeout)
}

extension ChildProcess.Options {
    static func shell(_ script: String) -> ChildProcess.Options {
        ChildProcess.Options(executable: "sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    }
}
