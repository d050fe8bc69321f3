@testable import EventLoop
import Testing

@Suite("The system's calls", .timeLimit(.minutes(2)))
struct SystemTests {
    @Test("a blocking socket writes, reads lines of any length, and sees the end")
    func blockingSocket() async throws {
        let directory = try TemporaryDirectory()
        try await withEcho(directory("s")) { loop in
            let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            let lines = try await loop.offload {
                let socket = try BlockingSocket(path: directory("s"))
                try socket.write(Array("one\n\n".utf8) + long + Array("\nlast".utf8), deadline: .now + .seconds(30))
                var lines: [[UInt8]] = []
                for _ in 0..<3 { lines.append(try socket.readLine(deadline: .now + .seconds(30)) ?? []) }
                return lines
            }
            #expect(lines == [Array("one".utf8), [], long])
        }
    }

    @Test("a blocking socket keeps what came before its deadline, and refuses too long a line")
    func blockingSocketBounds() async throws {
        let directory = try TemporaryDirectory()
        try await withEcho(directory("s")) { loop in
            try await loop.offload {
                let socket = try BlockingSocket(path: directory("s"))
                try socket.write(Array("half".utf8))
                #expect(throws: EventLoopError(.timedOut, "reading from \(directory("s"))")) {
                    try socket.readLine(deadline: .now + .milliseconds(20))
                }
                try socket.write(Array(" and half\n".utf8))
                #expect(try socket.readLine(deadline: .now + .seconds(30)) == Array("half and half".utf8))
                try socket.write([UInt8](repeating: 0, count: 1000))
                #expect(throws: EventLoopError(.tooLong, "reading a line from \(directory("s"))")) {
                    try socket.readLine(limit: 100, deadline: .now + .seconds(30))
                }
            }
        }
    }

    @Test("connecting where nobody listens is refused or not found")
    func blockingSocketFailures() async throws {
        let directory = try TemporaryDirectory()
        #expect(await failure { _ = try BlockingSocket(path: directory("s")) } == .notFound)
        System.close(try System.bindUnixSocket(directory("s")))
        #expect(await failure { _ = try BlockingSocket(path: directory("s")) } == .refused)
        let long = String(repeating: "x", count: 200)
        #expect(await failure { _ = try BlockingSocket(path: long) } == .tooLong)
    }

    @Test("lines added by many at once are whole")
    func append() async throws {
        let directory = try TemporaryDirectory()
        let path = directory("spool")
        await withTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    let line = [UInt8](repeating: UInt8(ascii: "a") + UInt8(writer), count: 5000) + [10]
                    for _ in 0..<50 { try? System.append(path, line) }
                }
            }
        }
        let lines = try FileReader.contents(of: path).split(separator: 10)
        #expect(lines.count == 400)
        #expect(lines.allSatisfy { $0.count == 5000 && Set($0).count == 1 })
    }

    @Test("a file is read from any place, and keeps its identity when its path is taken")
    func fileReader() throws {
        let directory = try TemporaryDirectory()
        let path = directory("file")
        try System.append(path, Array("0123456789".utf8))
        let reader = try FileReader(path: path)
        #expect(try reader.read(at: 3, count: 4) == Array("3456".utf8))
        #expect(try reader.read(at: 8, count: 100) == Array("89".utf8))
        #expect(try reader.read(at: 10, count: 100) == [])
        let before = try reader.identity()
        #expect(before == FileIdentity.of(path: path))
        #expect(before.size == 10)
        try System.replace(path, with: Array("new".utf8), durably: true)
        #expect(try reader.read(at: 0, count: 3) == Array("012".utf8))
        #expect(FileIdentity.of(path: path)?.isSameFile(before) == false)
        #expect(try System.entries(of: directory.path) == ["file"])
        #expect(try FileReader.contents(of: path) == Array("new".utf8))
        #expect(throws: EventLoopError(.tooLong, "reading \(path)")) { try FileReader.contents(of: path, limit: 2) }
        #expect(throws: EventLoopError("opening \(path)x", cause: .noSuchFile)) { try FileReader(path: path + "x") }
    }

    @Test("a lock is one holder's, until it lets go")
    func lock() throws {
        let directory = try TemporaryDirectory()
        var lock: FileLock? = try FileLock(directory("lock"))
        #expect(throws: EventLoopError(.inUse, "locking \(directory("lock"))")) { try FileLock(directory("lock")) }
        _ = lock
        lock = nil
        lock = try FileLock(waitingFor: directory("lock"))
        _ = lock
    }

    @Test("directories are made with their parents, for their user only, and removed with all that is in them")
    func directories() async throws {
        let directory = try TemporaryDirectory()
        try System.makeDirectory(directory("a/b/c"), withParents: true)
        try System.makeDirectory(directory("a/b/c"), withParents: true)
        #expect(await failure { try System.makeDirectory(directory("x/y")) } == .notFound)
        try System.append(directory("a/b/file"), [1])
        try System.removeTree(directory("a"))
        #expect(FileIdentity.of(path: directory("a")) == nil)
        try System.append(directory("file"), [1])
        #expect(await failure { try System.makeDirectory(directory("file/x"), withParents: true) } == .system)
    }

    @Test("a program is found as a shell finds it")
    func findExecutable() throws {
        let directory = try TemporaryDirectory()
        try System.makeDirectory(directory("one/tool"), withParents: true)
        try System.makeDirectory(directory("two"))
        try System.append(directory("two/tool"), [1])
        let path = "\(directory("one")):\(directory("missing")):\(directory("two"))"
        #expect(System.findExecutable("tool", path: path) == nil)
        try System.setPermissions(directory("two/tool"), 0o700)
        #expect(System.findExecutable("tool", path: path) == directory("two/tool"))
        #expect(System.findExecutable(directory("two/tool"), path: "") == directory("two/tool"))
        #expect(System.findExecutable(directory("two"), path: "") == nil)
    }

    @Test("a detached program has a session of its own; its output is read, its errors go to its log")
    func detached() async throws {
        let directory = try TemporaryDirectory()
        let script = #"cut -d " " -f 6 /proc/$$/stat; pwd; echo "$ONLY" >&2"#
        let process = try System.startDetached(
            "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH": "/usr/bin:/bin", "ONLY": "this"],
            directory: directory.path, log: directory("log"))
        let output = String(decoding: try process.readOutput(deadline: .now + .seconds(60)), as: UTF8.self)
        let place = System.realPath(directory.path) ?? ""
        #expect(output == "\(process.processID)\n\(place)\n")
        #expect(try FileReader.contents(of: directory("log")) == Array("this\n".utf8))
        #expect(
            await failure {
                _ = try System.startDetached(
                    "/no/such", arguments: ["x"], environment: [:], directory: "/", log: directory("log"))
            } == .notFound)
    }

    @Test("a program that does not exist cannot be become")
    func execute() async {
        #expect(
            await failure { try System.execute("/no/such/program", arguments: ["x"], environment: [:]) } == .notFound)
    }

    @Test("an error says what was done, to what, and what the system answered")
    func description() {
        let error = EventLoopError("opening /x", cause: .noSuchFile)
        #expect(error.description == "opening /x: no such file or directory")
        #expect(error.code == .notFound)
        #expect(SystemError.noSpace.name == "ENOSPC")
        #expect(EventLoopError(.timedOut, "waiting").description == "waiting: the time was over")
    }
}

/// A listener that sends back what it gets.
private func withEcho(_ path: String, _ body: @Sendable (EventLoop) async throws -> Void) async throws {
    try await withLoop { loop, actor in
        let log = Log<ByteStream>()
        let listener = try StreamListener(on: loop, unixPath: path) { stream in
            log.append(stream)
            stream.read { event in if case .bytes(let bytes) = event { stream.write(bytes) } }
        }
        defer {
            listener.close()
            for stream in log.elements { stream.close() }
        }
        try await body(loop)
    }
}
