import EventLoop

/// One `tmux -C` process: requests go in, their replies come out in the same order.
///
/// Used on the loop's thread only. It ends once: by itself, by `close`, or because the server did not
/// answer in time; whatever waits then fails at once.
final class ControlClient {
    typealias Completion = (Result<[ControlModeReply], TmuxError>) -> Void

    private struct Waiting {
        let operation: String
        let completion: Completion
    }

    /// Its end may show up in the process, its output and its errors one after the other; this is how long
    /// the first waits for the rest.
    private static let endGrace = Duration.seconds(1)
    private static let errorLimit = 4096

    private let process: ChildProcess
    private let answerTimer: LoopTimer
    private let endTimer: LoopTimer
    private let answerDeadline: Duration
    private let notified: (ControlModeNotification) -> Void
    private var ended: ((ControlClient, TmuxError) -> Void)?
    private var closed: [() -> Void] = []

    private var parser = ControlModeParser()
    private var requests = RequestQueue<Waiting>()
    private var errorOutput: [UInt8] = []
    private var startError: String?
    private var exitReason: String?
    private var openEnds = 3
    private var hasEnded = false

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - arguments: after the program's name; `-C` is among them.
    ///   - answerDeadline: how long the server may be silent while a request waits.
    ///   - notified: called for each notification.
    ///   - ended: called once, when the client is of no more use and everything that waited has failed.
    init(
        on loop: EventLoop, location: TmuxLocation, arguments: [String], environment: [String: String],
        answerDeadline: Duration, notified: @escaping (ControlModeNotification) -> Void,
        ended: @escaping (ControlClient, TmuxError) -> Void
    ) throws(TmuxError) {
        var exited: (ChildProcess.Exit) -> Void = { _ in }
        do {
            process = try ChildProcess(
                on: loop,
                ChildProcess.Options(
                    executable: location.executable, arguments: arguments, environment: environment, directory: "/",
                    stdin: .pipe, stdout: .pipe, stderr: .pipe),
                onExit: { exited($0) })
        } catch {
            throw TmuxError(.cannotStart, while: "starting \(location.executable)", reason: "\(error)")
        }
        answerTimer = LoopTimer(on: loop)
        endTimer = LoopTimer(on: loop)
        self.answerDeadline = answerDeadline
        self.notified = notified
        self.ended = ended
        exited = { [weak self] _ in self?.oneEndClosed() }
        process.stdout?.read { [weak self] in self?.receive($0) }
        process.stderr?.read { [weak self] in self?.receiveError($0) }
    }

    /// Runs lines of commands, in order and after everything submitted before.
    ///
    /// - Parameter completion: called once, with the replies of all commands that ran.
    func submit(_ lines: [[TmuxCommand]], operation: String, completion: @escaping Completion) {
        guard !hasEnded else {
            completion(.failure(TmuxError(.connectionLost, while: operation, reason: "the tmux client has ended")))
            return
        }
        do throws(TmuxError) {
            var text = ""
            for line in lines { text += try TmuxCommand.line(line) + "\n" }
            text += try requests.add(Waiting(operation: operation, completion: completion)).rendered() + "\n"
            process.stdin?.write(text.utf8)
            if !answerTimer.isScheduled { restartAnswerTimer() }
        } catch {
            completion(.failure(TmuxError(error.code, while: operation, reason: error.reason)))
        }
    }

    /// Ends the client, not the server; `completion` is called when the process is gone.
    func close(_ completion: @escaping () -> Void) {
        guard !hasEnded else { return completion() }
        closed.append(completion)
        process.stdin?.close()
        if !endTimer.isScheduled { endTimer.schedule(after: Self.endGrace) { self.end(.connectionLost, "closed") } }
    }

    // MARK: Input

    private func receive(_ event: ByteStream.Event) {
        guard case .bytes(let bytes) = event else { return oneEndClosed() }
        for message in parser.consume(bytes) {
            switch message {
            case .reply(let reply): receive(reply)
            case .notification(.exit(let reason)): exitReason = reason ?? exitReason
            case .notification(let notification): notified(notification)
            }
            if hasEnded { return }
        }
    }

    private func receive(_ reply: ControlModeReply) {
        if !reply.isFromControlClient, reply.isError { startError = reply.lines.joined(separator: "; ") }
        if !requests.isEmpty { restartAnswerTimer() }
        guard let (waiting, replies) = requests.take(reply) else { return }
        if requests.isEmpty { answerTimer.cancel() }
        waiting.completion(.success(replies))
    }

    private func receiveError(_ event: ByteStream.Event) {
        guard case .bytes(let bytes) = event else { return oneEndClosed() }
        errorOutput += bytes.prefix(Self.errorLimit - errorOutput.count)
    }

    private func restartAnswerTimer() {
        answerTimer.schedule(after: answerDeadline) { [weak self] in
            self?.end(.timedOut, "the tmux server does not answer")
        }
    }

    // MARK: End

    /// The process, its output or its errors have ended.
    private func oneEndClosed() {
        openEnds -= 1
        if openEnds == 0 {
            endByItself()
        } else if !endTimer.isScheduled {
            endTimer.schedule(after: Self.endGrace) { [weak self] in self?.endByItself() }
        }
    }

    private func endByItself() {
        let said = String(decoding: errorOutput, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: "; ")
        let reasons = [startError, said.isEmpty ? nil : said, exitReason].compactMap { $0 }
        let isWithoutServer = ServerAbsence.isReported(by: said)
        end(
            isWithoutServer ? .noServer : .connectionLost,
            reasons.isEmpty ? "the tmux client has ended" : reasons.joined(separator: "; "))
    }

    private func end(_ code: TmuxError.Code, _ reason: String) {
        guard !hasEnded else { return }
        hasEnded = true
        answerTimer.close()
        endTimer.close()
        if openEnds > 0 { try? process.kill(9) }
        process.close()
        for waiting in requests.removeAll() {
            waiting.completion(.failure(TmuxError(code, while: waiting.operation, reason: reason)))
        }
        ended?(self, TmuxError(code, while: "talking to the tmux server", reason: reason))
        ended = nil
        for completion in closed { completion() }
        closed = []
    }
}
