import EventLoop

/// Waits for a process's end, for a time.
final class ProcessEnd {
    private let process: ProcessIdentity
    private let loop: EventLoop
    private let timer: LoopTimer
    private let limit: Duration
    private var exit: ExitWatch?
    private var completion: ((Bool) -> Void)?

    /// - Parameter completion: called once: whether it ended in time.
    init(_ process: ProcessIdentity, on loop: EventLoop, within limit: Duration, completion: @escaping (Bool) -> Void) {
        self.process = process
        self.loop = loop
        self.limit = limit
        self.completion = completion
        timer = LoopTimer(on: loop)
    }

    func watch() {
        timer.schedule(after: limit) { self.finish(false) }
        exit = try? ExitWatch(on: loop, process: process) { self.finish(true) }
        if exit == nil { finish(!process.isAlive) }
    }

    private func finish(_ hasEnded: Bool) {
        timer.close()
        exit?.close()
        exit = nil
        completion.take()?(hasEnded)
    }
}
