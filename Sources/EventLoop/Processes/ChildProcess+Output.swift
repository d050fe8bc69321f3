extension ChildProcess {
    /// What a program that ran to its end left behind.
    public typealias Output = (exit: Exit, stdout: [UInt8], stderr: [UInt8])

    /// Runs a program to its end and collects what it writes. Can be called on any thread.
    ///
    /// A program that ends badly is a normal result. One that leaves children behind which keep its output
    /// open is waited for half a second longer.
    /// - Parameters:
    ///   - input: what it reads; with none, `options.stdin` stands.
    ///   - limit: of output and errors each, in bytes.
    ///   - timeout: for everything. A program that takes longer is killed, with its whole session if it has
    ///     one of its own.
    /// - Throws: `.timedOut`, `.tooLong`, what starting throws, or `CancellationError`; the program is killed.
    public static func output(
        on loop: EventLoop, _ options: Options, input: [UInt8] = [], limit: Int = 1 << 20, timeout: Duration,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> Output {
        let collector = OutputCollector(loop: loop, options, input: input, limit: limit)
        loop.call { collector.start(timeout: timeout) }
        let exit = try await collector.waiter.value {
            // Not `call`, which could overtake the start.
            loop.enqueue(.call { collector.fail(CancellationError()) })
        }
        return (exit, collector.result.stdout, collector.result.stderr)
    }
}

/// One run of `ChildProcess.output`. Touched on the loop's thread only, but for the waiter and, once that is
/// finished, the result.
private final class OutputCollector: @unchecked Sendable {
    let waiter = Waiter<ChildProcess.Exit>()
    private(set) var result: (stdout: [UInt8], stderr: [UInt8]) = ([], [])

    private let loop: EventLoop
    private let options: ChildProcess.Options
    private let input: [UInt8]
    private let limit: Int
    private var child: ChildProcess?
    private var timer: LoopTimer?
    private var exit: ChildProcess.Exit?
    private var openPipes = 2

    init(loop: EventLoop, _ options: ChildProcess.Options, input: [UInt8], limit: Int) {
        var options = options
        options.stdout = .pipe
        options.stderr = .pipe
        if !input.isEmpty { options.stdin = .pipe }
        self.loop = loop
        self.options = options
        self.input = input
        self.limit = limit
    }

    func start(timeout: Duration) {
        do {
            let child = try ChildProcess(on: loop, options) { exit in self.exited(exit) }
            self.child = child
            child.stdout?.read { event in self.received(event, \.stdout) }
            child.stderr?.read { event in self.received(event, \.stderr) }
            if !input.isEmpty {
                child.stdin?.write(input)
                child.stdin?.finishWriting()
            }
            let timer = LoopTimer(on: loop)
            self.timer = timer
            timer.closed = { self.fail(EventLoopError(.cancelled, "running \(self.options.executable)")) }
            timer.schedule(after: timeout) {
                self.fail(EventLoopError(.timedOut, "running \(self.options.executable)"))
            }
        } catch {
            fail(error)
        }
    }

    private func received(
        _ event: ByteStream.Event, _ part: WritableKeyPath<(stdout: [UInt8], stderr: [UInt8]), [UInt8]>
    ) {
        guard case .bytes(let bytes) = event else {
            openPipes -= 1
            return finishIfDone()
        }
        result[keyPath: part] += bytes
        if result[keyPath: part].count > limit {
            fail(EventLoopError(.tooLong, "collecting the output of \(options.executable)"))
        }
    }

    private func exited(_ exit: ChildProcess.Exit) {
        self.exit = exit
        finishIfDone()
        timer?.schedule(after: .milliseconds(500)) {
            self.openPipes = 0
            self.finishIfDone()
        }
    }

    private func finishIfDone() {
        guard openPipes == 0, let exit else { return }
        finish(.success(exit))
    }

    func fail(_ error: any Error) {
        guard timer != nil || child == nil else { return }
        if let child, exit == nil {
            try? System.kill(options.newSession ? -child.processID : child.processID, 9)
        }
        finish(.failure(error))
    }

    private func finish(_ outcome: Result<ChildProcess.Exit, any Error>) {
        let timer = timer
        self.timer = nil
        timer?.closed = nil
        timer?.close()
        child?.close()
        waiter.finish(outcome)
    }
}
