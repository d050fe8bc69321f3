import EventLoop
import JSON
import Sessions

/// Hands hooks to their sessions that found no supervisor and were written to the spool after it had been read.
actor SpoolWatch {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let spool: HookSpool
    private let directory: SessionDirectory
    private var watch: DirectoryWatch?

    init(loop: EventLoop, spool: HookSpool, directory: SessionDirectory) {
        self.loop = loop
        self.spool = spool
        self.directory = directory
    }

    func begin() {
        watch = DirectoryWatch(on: loop, directory: spool.directory) { _ in self.take() }
        take()
    }

    private func take() {
        let taken = spool.take(includingLeft: false)
        guard !taken.payloads.isEmpty else { return }
        Task { [directory] in
            for (session, payloads) in taken.payloads {
                for payload in payloads { _ = try? await directory.hook(payload, of: session) }
            }
            taken.remove()
        }
    }

    func close() {
        watch?.close()
        watch = nil
    }
}
